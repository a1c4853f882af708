package org.lanewise.bench.compare;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * {@code bench/report}: the last comparisons as a page with pictures, and as a table in the README.
 */
@Command(name = "bench/report", mixinStandardHelpOptions = true, description = "Turns the results of bench/compare into a page with pictures and the README's table.")
public final class Report implements Callable<Integer> {

    @Spec
    private CommandSpec command;

    @Option(names = "--input", paramLabel = "DIR", defaultValue = "${sys:bench.home:-bench}/target/compare", description = "where bench/compare has written (default: ${DEFAULT-VALUE})")
    private Path input;

    @Option(names = "--html", paramLabel = "FILE", defaultValue = "${sys:bench.home:-bench}/target/report.html", description = "the page (default: ${DEFAULT-VALUE})")
    private Path html;

    @Option(names = "--readme", paramLabel = "FILE", defaultValue = "${sys:bench.home:-bench}/../README.md", description = "the file with the table (default: ${DEFAULT-VALUE})")
    private Path readme;

    @Option(names = "--no-readme", description = "write the page only")
    private boolean noReadme;

    private Report() {
    }

    /** Reports and ends the JVM: 0 if it went well, 2 if an argument or a file is wrong. */
    public static void main(String[] args) {
        System.exit(commandLine().execute(args));
    }

    static CommandLine commandLine() {
        Report report = new Report();
        return new CommandLine(report)
                .setParameterExceptionHandler((e, arguments) -> report.refuse(String.valueOf(e.getMessage())));
    }

    @Override
    public Integer call() {
        try {
            report(command.commandLine().getOut());
            return CommandLine.ExitCode.OK;
        } catch (FileSystemException e) {
            // its message may be the bare name of the file
            return refuse(e.getClass().getSimpleName() + ": " + e.getMessage());
        } catch (IOException e) {
            return refuse(String.valueOf(e.getMessage()));
        }
    }

    private int refuse(String message) {
        command.commandLine().getErr().println("bench/report: " + message);
        return CommandLine.ExitCode.USAGE;
    }

    private void report(PrintWriter out) throws IOException {
        readme = readme.normalize();
        List<Comparison> comparisons = ComparisonJson.readAll(input);
        if (comparisons.isEmpty()) {
            throw new IOException("no results in " + input + "; bench/compare SUITE makes them");
        }
        // before anything is written: a README that cannot take the table leaves no page either
        String newReadme = noReadme ? "" : readmeWith(comparisons);
        ComparisonJson.replace(html, HtmlPage.of(comparisons));
        out.println("wrote " + html);
        if (!noReadme) {
            ComparisonJson.replace(readme, newReadme);
            out.println("wrote the table in " + readme);
        }
    }

    private String readmeWith(List<Comparison> comparisons) throws IOException {
        String text = Files.readString(readme);
        try {
            return ReadmeTable.into(text, comparisons);
        } catch (IllegalArgumentException e) {
            throw new IOException(readme + ": " + e.getMessage(), e);
        }
    }
}
