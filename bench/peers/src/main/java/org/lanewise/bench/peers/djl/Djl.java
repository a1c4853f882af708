package org.lanewise.bench.peers.djl;

import java.util.function.DoubleSupplier;

import ai.djl.engine.Engine;
import ai.djl.pytorch.jni.JniUtils;
import org.lanewise.bench.peers.Network;
import org.lanewise.bench.peers.TrainPeer;

/**
 * DJL's blocks, trainer and SGD, with PyTorch as the engine.
 *
 * <p>
 * At its first use on a machine DJL unpacks PyTorch (450 MB) into the folder that the environment variable {@code ENGINE_CACHE_DIR}
 * names, {@code .djl.ai} in the user's home without it.
 */
public final class Djl implements TrainPeer {

    private static final String PYTORCH = "PyTorch";

    private int threads = 1;
    private int threadsOfEngine;

    /** Loads nothing yet. */
    public Djl() {
    }

    @Override
    public String name() {
        return "djl";
    }

    /**
     * {@return the versions of DJL and PyTorch, and the libraries that PyTorch was built with}
     *
     * @throws IllegalStateException if there is no PyTorch for this machine
     */
    @Override
    public String version() {
        Engine engine = engine();
        return "DJL " + Engine.getDjlVersion() + ", PyTorch " + engine.getVersion() + " with "
                + String.join(", ", JniUtils.getFeatures());
    }

    @Override
    public void threads(int threads) {
        this.threads = threads;
    }

    @Override
    public DoubleSupplier training(Network network) {
        engine();
        var training = new Training(network, PYTORCH);
        return () -> {
            applyThreads();
            return training.step();
        };
    }

    /** Only here, so that a process that measures another library does not load this one. */
    private void applyThreads() {
        if (threadsOfEngine != threads) {
            JniUtils.setNumThreads(threads);
            threadsOfEngine = threads;
        }
    }

    private static Engine engine() {
        try {
            // Everything is on the class path: no download of a library, no report to the makers of DJL.
            System.setProperty("ai.djl.offline", "true");
            return Engine.getEngine(PYTORCH);
        } catch (RuntimeException | LinkageError | AssertionError e) {
            throw new IllegalStateException("DJL cannot load PyTorch on " + System.getProperty("os.name") + " "
                    + System.getProperty("os.arch"), e);
        }
    }
}
