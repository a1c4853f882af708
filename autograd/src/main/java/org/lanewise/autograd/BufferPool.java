package org.lanewise.autograd;

import java.util.Arrays;

import org.jspecify.annotations.Nullable;

/**
 * Arrays that are used again, kept by their exact length. A training loop asks for the same lengths at every step, so from the
 * second step on nothing is allocated.
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

    /** An array of this length with unknown content. */
    float[] take(int length) {
        Stack stack = stack(length);
        stack.lastUsed = generation;
        return stack.count == 0 ? new float[length] : stack.arrays[--stack.count];
    }

    /** Gives an array back. */
    void give(float[] array) {
        Stack stack = stack(array.length);
        if (stack.count == stack.arrays.length) {
            stack.arrays = Arrays.copyOf(stack.arrays, 2 * stack.count);
        }
        stack.arrays[stack.count++] = array;
    }

    /** Marks the end of a step; from time to time, lengths that are no longer asked for are dropped. */
    void endGeneration() {
        generation++;
        if (generation % KEPT_FOR == 0) {
            rebuild(table.length);
        }
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
            rebuild(2 * table.length);
        }
        return stack;
    }

    private void rebuild(int capacity) {
        @Nullable
        Stack[] old = table;
        table = new @Nullable Stack[capacity];
        stacks = 0;
        for (Stack stack : old) {
            if (stack != null && generation - stack.lastUsed < KEPT_FOR) {
                int slot = hash(stack.length) & (capacity - 1);
                while (table[slot] != null) {
                    slot = (slot + 1) & (capacity - 1);
                }
                table[slot] = stack;
                stacks++;
            }
        }
    }

    private static int hash(int length) {
        int h = length * 0x9E3779B9;
        return h ^ h >>> 16;
    }
}
