/**
 * Numeric kernels over plain arrays.
 *
 * <h2>Conventions</h2>
 * <ul>
 * <li><b>Layout.</b> Matrices are row-major and given as (array, offset, leading dimension): element (i, j) stands at
 * {@code a[aOffset + i*lda + j]}. Images are NCHW, convolution weights OIHW, contiguous.</li>
 * <li><b>Errors.</b> Every public method checks its arguments once, before it writes anything, and names the argument, its
 * value and the requirement: {@link java.lang.IllegalArgumentException} for sizes and values,
 * {@link java.lang.IndexOutOfBoundsException} for a range that leaves its array, {@link java.lang.NullPointerException} for a
 * missing array.</li>
 * <li><b>Empty sizes.</b> A dimension of zero is legal and means an empty result, or an empty sum.</li>
 * <li><b>beta.</b> Where a method takes {@code beta}, the result is added to beta times the old content; {@code beta == 0}
 * overwrites and never reads, so the target may hold NaN.</li>
 * <li><b>Aliasing.</b> An output must not overlap an input unless the method says so.</li>
 * <li><b>Determinism.</b> The same input gives the same bits for every number of threads and whether the code runs interpreted
 * or compiled, on the same {@link org.lanewise.kernels.Backend}. Sums have a fixed order, which depends on the shape and on the vector width only.</li>
 * <li><b>Threads.</b> How many cores a call may use is passed in as {@link org.lanewise.kernels.Parallelism}; a kernel owns no
 * thread. All methods may be called from many threads at once.</li>
 * <li><b>Allocation.</b> Scratch memory is kept per thread and used again: after the first call of a shape no arrays are
 * allocated, and by a matrix product nothing at all; other kernels make some small objects (about a hundred bytes for an
 * image of a convolution). The scratch memory
 * of a thread lives as long as the thread. (The reference kernels do allocate arrays.)</li>
 * </ul>
 *
 * <p>
 * Which implementation runs, and why, is told by {@link org.lanewise.kernels.Backend#current()}.
 */
@NullMarked
package org.lanewise.kernels;

import org.jspecify.annotations.NullMarked;
