package org.lanewise.samples;

import java.util.ArrayList;
import java.util.List;

import picocli.CommandLine;
import picocli.CommandLine.Command;

/**
 * The command line of the samples. Without a name, {@code digits} runs.
 */
@Command(name = "lanewise-samples", mixinStandardHelpOptions = true, version = "Lanewise 0.1.0", description = "Small networks that train in pure Java. Without a sample's name, digits runs.", synopsisSubcommandLabel = "[mlp | cnn | rnn | digits]", subcommands = {
    MlpSample.class, CnnSample.class, RnnSample.class, DigitsSample.class})
public final class Main {

    private static final String DEFAULT_SAMPLE = "digits";
    private static final List<String> OWN_OPTIONS = List.of("--help", "-h", "--version", "-V");

    private Main() {
    }

    /** Runs a sample and ends the JVM: 0 if it went well, 1 if it failed, 2 if an argument is wrong. */
    public static void main(String[] args) {
        System.exit(commandLine().execute(arguments(args)));
    }

    static CommandLine commandLine() {
        return new CommandLine(new Main()).setCaseInsensitiveEnumValuesAllowed(true);
    }

    /** The arguments with the default sample's name in front, if there is no name. */
    static String[] arguments(String... args) {
        boolean named = args.length > 0 && (!args[0].startsWith("-") || OWN_OPTIONS.contains(args[0]));
        if (named) {
            return args;
        }
        List<String> all = new ArrayList<>(List.of(args));
        all.addFirst(DEFAULT_SAMPLE);
        return all.toArray(String[]::new);
    }
}
