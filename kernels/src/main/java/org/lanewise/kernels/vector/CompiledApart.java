package org.lanewise.kernels.vector;

/**
 * The superclass of classes whose methods the compiler does not inline into those of other classes.
 *
 * <p>
 * A kernel of several vector loops is several methods, and fast only while they stay several: inlined into one, their vector
 * operations may be so many that the compiler gives up and boxes them, in some JVMs and not in others. Nothing in the language keeps
 * them apart. But HotSpot takes the code of exceptions to be cold: it inlines a method of a {@code Throwable} only into another one, and
 * into the very method that it compiles. So these classes are subclasses of it, though nobody makes an instance of them and nothing is
 * thrown; and their loops are private methods behind those that others call.
 *
 * <p>
 * What lost: calls of an interface with many implementations. In a program that uses one such kernel only, whose passes are two, the
 * compiler has seen two of them, and inlines both. (GELU was boxed in three of ten such programs; so it is in none.)
 */
@SuppressWarnings("serial") // never an instance
public abstract class CompiledApart extends Throwable {

    /** For subclasses, which never call it. */
    protected CompiledApart() {
    }
}
