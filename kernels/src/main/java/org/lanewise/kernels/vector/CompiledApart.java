package org.lanewise.kernels.vector;

/**
 * The superclass of classes whose loops the compiler does not inline into those of other classes.
 *
 * <p>
 * A kernel of several vector loops is several methods, and fast only while they stay several: inlined into one, their vector operations
 * may be so many that the compiler gives up and boxes them, in some JVMs and not in others. Nothing in the language keeps them apart.
 * But HotSpot takes the code of exceptions to be cold: where the method that it compiles, the outermost one, is of another class, it
 * inlines methods of a {@code Throwable} only when that method itself calls them, and what these call in turn no more. So these classes
 * are subclasses of {@code Throwable}, though nobody makes an instance of them and nothing is thrown; their loops are private methods
 * behind those that others call; and the kernel whose passes they are is of another class.
 *
 * <p>
 * What lost: calls of an interface with many implementations. In a program that uses one such kernel only, whose passes are two, the
 * compiler has seen two of them, and inlines both: so GELU, when it had two passes, was boxed in three of ten JVMs. With this
 * superclass, in none.
 */
@SuppressWarnings("serial") // never an instance
public abstract class CompiledApart extends Throwable {

    /** For subclasses, which never call it. */
    protected CompiledApart() {
    }
}
