/**
 * The lane count, and what several vector kernels share. The rules that every vector loop here follows, because the compiler
 * boxes every vector of a loop that breaks one, and the loop is then ten times slower:
 *
 * <ul>
 * <li>The species is {@link org.lanewise.kernels.vector.Lanes#SPECIES} in a static final field.</li>
 * <li>The condition of a loop compares the counter itself: {@code i <= n - L}, not {@code i + L <= n}. Of the other form the compiler
 * makes no counted loop, so that each pass checks all bounds, polls for safepoints, and is not unrolled, unless n is a constant where
 * all is inlined: 80 and not 50 ns for the sum of two arrays of 1024.</li>
 * <li>A loop that computes much for each vector, from one array to another, goes from the last one to the first. An output is mostly
 * allocated after its input, and of two arrays of 2^k floats side by side the elements have the same last 12 bits of their addresses
 * but for a header. On x86, a load whose last 12 bits overlap those of an older store waits for it: going up, that is the load of each
 * next vector, so that the next one does not begin before this one is stored. Going up took 1.15 to 1.3 times as long (exp, log, tanh,
 * sigmoid, SiLU, 32 Ki elements, output 16 or 32 bytes further). If the output lies before the input it would be the other way round. A
 * sum goes up, for its bits. A loop that only streams goes up: down, stores that cross cache lines take twice the time from L2 on.</li>
 * <li>Code with a second species, narrower than that, and the short loops of products that load, compute once and store, call
 * {@code lanewise} itself and not {@code mul}, {@code add} or {@code fma}. These are methods of all species with a virtual call
 * inside, compiled by a profile that all callers share: where it has seen two classes, or nothing yet, the store of such a loop
 * stayed a call and its vectors were boxed, in one run of three. {@code lanewise} is profiled where it is called.</li>
 * <li>A loop that copies stores {@code ONE.lanewise(MUL, load)} with a constant {@code ONE}. {@code intoArray} asks its receiver for its
 * species by such a shared call too; the class of a constant's result needs no profile. (In 22 fresh JVMs with 28 products
 * each, copies were boxed in none. With {@code load.lanewise(MUL, factor)}, or a load alone, they were in one JVM of two, 80 bytes for
 * every vector. It costs nothing that shows, 3 % of a product with few rows at the most.)</li>
 * <li>So does a helper or a loop of some length begin, where it can: {@code LEAST.lanewise(MAX, x)} and not {@code x.max(least)}, and a store
 * is of {@code ONE.lanewise(FMA, a, b)} and not of {@code a.add(b)}. The operations of a constant return the class itself, and
 * all that follows is known when it is parsed; that of a load or a broadcast is only a {@code FloatVector} until its
 * intrinsic is expanded, and in some JVMs one vector a pass stayed boxed though every call had been inlined. A sum that begins with
 * {@code FloatVector.zero} may be such a one, once a call. It is a rule of thumb, to be measured: see the last line of {@code VectorGelu},
 * where it is the other way round.</li>
 * <li>A masked load or store stays inside its array, masked lanes too: beyond it is scalar Java, and boxes what is around it.</li>
 * <li>Inside a loop, a vector that is carried from one pass to the next is an argument and never the receiver:
 * {@code load.add(sum)} and {@code a.fma(b, sum)}, not {@code sum.add(load)}. The class of a loaded vector is known; that of a
 * carried one is taken from the call profile, and where other code has left that one empty the call stays virtual. (After the
 * loop, once a call, it costs little.)</li>
 * <li>A loop that calls a helper on vectors is a method of its own, never called for less than one pass. The compiler inlines a
 * helper only if it is called at least once for every four calls of the method around it, so a program that began with
 * thousands of calls for fewer elements than lanes would box for the rest of its life.</li>
 * <li>With helpers, some 35 vector operations in a method are the limit. A flat method may have more, as micro-kernels and
 * {@code VectorGelu} do, because it calls none but to load.</li>
 * <li>A kernel of several such loops is several methods, which the compiler must not inline into one: see
 * {@link org.lanewise.kernels.vector.CompiledApart}.</li>
 * <li>A vector in a static field is a load in every pass of a loop that stores, and of two cache lines. A broadcast of a constant is done
 * before the loop, though it takes more of the compiler's nodes.</li>
 * </ul>
 */
@NullMarked
package org.lanewise.kernels.vector;

import org.jspecify.annotations.NullMarked;
