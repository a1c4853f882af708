package org.lanewise.samples;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ParseResult;

/**
 * The command line of the samples. Without a name, {@code digits} runs.
 */
@Command(name = "lanewise-samples", mixinStandardHelpOptions = true, version = "Lanewise 0.1.0", description = "Small networks that train in pure Java. Without a sample's name, digits runs.", subcommands = {
    MlpSample.class, CnnSample.class, RnnSample.class, DigitsSample.class})
public final class Main implements Runnable {

    private static final String DEFAULT_SAMPLE = "digits";

    @Override
    public void run() {
        throw new IllegalStateException("main() puts a sample's name in front");
    }

    /** Runs a sample and ends the JVM: 0 if it went well, 1 if it failed, 2 if an argument is wrong. */
    public static void main(String[] args) {
        System.exit(execute(args));
    }

    /** Runs a sample and returns its exit code. */
    static int execute(String... args) {
        return new CommandLine(new Main())
                .setExecutionStrategy(Main::runSample)
                .execute(args);
    }

    private static int runSample(ParseResult parsed) {
        if (parsed.hasSubcommand() || parsed.isUsageHelpRequested() || parsed.isVersionHelpRequested()) {
            return new CommandLine.RunLast().execute(parsed);
        }
        return execute(DEFAULT_SAMPLE);
    }
}
