package org.lanewise.bench.peers;

import java.util.List;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;

/** The libraries on the class path that can be measured beside ours. */
public final class Peers {

    /** How to get them. */
    public static final String INSTALL = "mvn -q -Ppeers -pl bench/peers -am package -DskipTests";

    private static final List<Peer> ALL = load();

    private Peers() {
    }

    private static List<Peer> load() {
        try {
            return ServiceLoader.load(Peer.class).stream().map(ServiceLoader.Provider::get).toList();
        } catch (ServiceConfigurationError e) {
            throw new IllegalStateException("the libraries beside ours are not complete; build them with: " + INSTALL,
                    e);
        }
    }

    /**
     * {@return all of them, whether they can run on this machine or not}
     *
     * @param <P>  what they have to offer
     * @param type its interface
     */
    public static <P extends Peer> List<P> all(Class<P> type) {
        return ALL.stream().filter(type::isInstance).map(type::cast).toList();
    }

    /**
     * Looks a library up.
     *
     * @param <P>  what it has to offer
     * @param type its interface
     * @param name its name
     * @param ours the implementations that need no other library, for the message
     * @return the library
     * @throws IllegalArgumentException if there is none of this name
     */
    public static <P extends Peer> P find(Class<P> type, String name, String ours) {
        return all(type).stream().filter(peer -> peer.name().equals(name)).findFirst()
                .orElseThrow(() -> new IllegalArgumentException("implementation=" + name + ": expected one of " + ours
                        + all(type).stream().map(peer -> ", " + peer.name()).reduce("", String::concat)
                        + "; more after: " + INSTALL));
    }

    /**
     * Sets the threads of a library; nothing happens if none has this name.
     *
     * @param name    the library
     * @param threads at least 1
     * @throws UnsupportedOperationException if it cannot have so many
     */
    public static void threads(String name, int threads) {
        ALL.stream().filter(peer -> peer.name().equals(name)).forEach(peer -> peer.threads(threads));
    }
}
