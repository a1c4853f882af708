package org.lanewise.bench;

import java.util.List;

/**
 * A kernel bound to its operands.
 *
 * @param kernel  what is timed; its answers do not depend on earlier runs
 * @param work    flops, or bytes read and written, of one run; which of them is the suite's choice
 * @param answers what a run writes
 */
record Workload(Runnable kernel, double work, List<Answer> answers) {

    Workload(Runnable kernel, double work, Answer... answers) {
        this(kernel, work, List.of(answers));
    }
}
