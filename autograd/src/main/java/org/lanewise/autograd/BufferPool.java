package org.lanewise.autograd;

import java.util.Arrays;

import org.jspecify.annotations.Nullable;

/**
 * Arrays that are used again, kept by their exact length. A training loop asks for the same lengths at every step, so from the
 * second step on nothing is allocated. Where the lengths vary (sequences, last batches), the lengths that were not asked for lately
 * are dropped as soon as the free arrays hold more than twice what the largest step of late had in use.
 *
 * <p>
 * A hash table from length to a stack of arrays, written by hand: a {@code HashMap} would box a key at each call, and a small
 * network makes dozens of calls in a few microseconds. Not safe for several threads; each thread has its own.
 */
final class BufferPool {

    /** Generations after which a length that nobody asked for is dropped. */
    private static final int KEPT_FOR = 256;

    /** The free arrays of one length. */
    private static final class Stack {
        final int length;
        float[][] arrays = new float[4][];
        int count;
        long lastUsed;

        Stack(int length) {
            this.length = length;
        }
    }

    private @Nullable Stack[] table = new @Nullable Stack[32];
    private int stacks;
    private long generation;
    private long made;
    private long freeFloats;
    private long usedFloats;
    private long mostUsed;

    /** An array of this length with unknown content. */
    float[] take(int length) {
        Stack stack = stack(length);
        stack.lastUsed = generation;
        usedFloats += length;
        if (stack.count == 0) {
            made++;
            return new float[length];
        }
        freeFloats -= length;
        return stack.arrays[--stack.count];
    }

    /** Gives an array back. */
    void give(float[] array) {
        Stack stack = stack(array.length);
        if (stack.count == stack.arrays.length) {
            stack.arrays = Arrays.copyOf(stack.arrays, 2 * stack.count);
        }
        stack.arrays[stack.count++] = array;
        freeFloats += array.length;
    }

    /** Marks the end of a step, and drops what nobody asked for lately. */
    void endGeneration() {
        generation++;
        mostUsed = Math.max(usedFloats, mostUsed - mostUsed / KEPT_FOR);
        usedFloats = 0;
        if (generation % KEPT_FOR == 0) {
            rebuild(table.length, KEPT_FOR);
        }
        for (long age = KEPT_FOR; freeFloats > 2 * mostUsed && age >= 2; age /= 2) {
            rebuild(table.length, age);
        }
    }

    /** Arrays that had to be allocated so far. */
    long made() {
        return made;
    }

    /** Floats in all arrays that are not in use. */
    long freeFloats() {
        return freeFloats;
    }

    private Stack stack(int length) {
        int mask = table.length - 1;
        int slot = hash(length) & mask;
        while (true) {
            Stack stack = table[slot];
            if (stack == null) {
                return insert(length, slot);
            }
            if (stack.length == length) {
                return stack;
            }
            slot = (slot + 1) & mask;
        }
    }

    private Stack insert(int length, int slot) {
        Stack stack = new Stack(length);
        stack.lastUsed = generation;
        table[slot] = stack;
        stacks++;
        if (2 * stacks > table.length) {
            rebuild(2 * table.length, Long.MAX_VALUE);
        }
        return stack;
    }

    /** Fills a new table with the lengths that were asked for in the last {@code age} generations. */
    private void rebuild(int capacity, long age) {
        @Nullable
        Stack[] old = table;
        table = new @Nullable Stack[capacity];
        stacks = 0;
        freeFloats = 0;
        for (Stack stack : old) {
            if (stack != null && generation - stack.lastUsed < age) {
                int slot = hash(stack.length) & (capacity - 1);
                while (table[slot] != null) {
                    slot = (slot + 1) & (capacity - 1);
                }
                table[slot] = stack;
                stacks++;
                freeFloats += (long) stack.count * stack.length;
            }
        }
    }

    private static int hash(int length) {
        int h = length * 0x9E3779B9;
        return h ^ h >>> 16;
    }
}
