package org.lanewise.kernels;

import java.util.List;

/** Teams of 1, 2, 3 and 7 threads for all tests. They are never closed: their threads are daemons. */
final class Teams {

    static final Parallelism THREE = Parallelism.of(3);

    static final List<Parallelism> ALL = List
            .of(Parallelism.serial(), Parallelism.of(2), THREE, Parallelism.of(7));

    private Teams() {
    }
}
