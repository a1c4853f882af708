package org.lanewise.bench.compare;

import java.lang.management.ManagementFactory;
import java.util.regex.Pattern;
import javax.management.JMException;
import javax.management.ObjectName;

/** Whether the JVM is still compiling: on a busy machine code may run interpreted for long, at a perfectly steady speed. */
final class JitCompiler {

    /** A task is printed with its number and level; an empty queue as "Empty", no current compile as nothing. */
    private static final Pattern TASK = Pattern.compile("^\\s*(C[12] CompilerThread|\\d+)", Pattern.MULTILINE);

    private JitCompiler() {
    }

    static boolean idle() {
        try {
            Object queues = ManagementFactory.getPlatformMBeanServer().invoke(
                    new ObjectName("com.sun.management:type=DiagnosticCommand"), "compilerQueue", new Object[] {null},
                    new String[] {String[].class.getName()});
            return !TASK.matcher(String.valueOf(queues)).find();
        } catch (JMException e) {
            return true; // another JVM: the speed alone has to tell
        }
    }
}
