package org.lanewise.autograd;

import java.util.Arrays;

import org.jspecify.annotations.Nullable;

/**
 * Arrays that are used again, kept by their exact length. A training loop asks for the same lengths at every step, so from the
 * second step on nothing is allocated. An array that was not needed lately is dropped: after {@value #KEPT_FOR} steps, or earlier
 * while the free arrays hold more than twice what the largest step of late needed.
 *
 * <p>
 * A hash table from length to a stack of arrays, written by hand: a {@code HashMap} would box a key at each call, and a small
 * network makes dozens of calls in a few microseconds. Not safe for several threads; each thread has its own.
 */
final class BufferPool {

    /** Generations after which an array that nobody asked for is dropped. */
    static final int KEPT_FOR = 256;

    /** The free arrays of one length. The top is taken first, so the arrays that are needed least often lie at the bottom. */
    private static final class Stack {
        private static final int CAPACITY = 4;

        final int length;
        int count;
        private float[][] arrays = new float[CAPACITY][];
        /** For each array the generation that gave it back. It rises from the bottom to the top. */
        private long[] lastUsed = new long[CAPACITY];

        Stack(int length) {
            this.length = length;
        }

        void push(float[] array, long generation) {
            if (count == arrays.length) {
                arrays = Arrays.copyOf(arrays, 2 * count);
                lastUsed = Arrays.copyOf(lastUsed, 2 * count);
            }
            arrays[count] = array;
            lastUsed[count++] = generation;
        }

        float[] pop() {
            return arrays[--count];
        }

        /** When the array on top was in use. */
        long topUsed() {
            return lastUsed[count - 1];
        }

        /** Drops the arrays that were last in use before a generation, and returns how many they were. */
        int dropUnusedSince(long generation) {
            int dropped = 0;
            while (dropped < count && lastUsed[dropped] < generation) {
                dropped++;
            }
            if (dropped > 0) {
                count -= dropped;
                int end = dropped + Math.max(count, CAPACITY);
                arrays = Arrays.copyOfRange(arrays, dropped, end);
                lastUsed = Arrays.copyOfRange(lastUsed, dropped, end);
            }
            return dropped;
        }
    }

    private @Nullable Stack[] table = new @Nullable Stack[32];
    private int stacks;
    private long generation;
    private long made;
    private long freeFloats;
    /**
     * Floats in the arrays that this generation has used, each array counted once however often it was taken. This, and not the
     * most that was in use at once, is what the next step needs to allocate nothing: an array serves one length only.
     */
    private long neededFloats;
    /** The most of it lately: it falls slowly when the steps become smaller. */
    private long mostNeeded;

    /** An array of this length with unknown content. */
    float[] take(int length) {
        Stack stack = stack(length);
        if (stack.count == 0) {
            made++;
            neededFloats += length;
            return new float[length];
        }
        if (stack.topUsed() < generation) {
            neededFloats += length;
        }
        freeFloats -= length;
        return stack.pop();
    }

    /** Gives an array back. */
    void give(float[] array) {
        stack(array.length).push(array, generation);
        freeFloats += array.length;
    }

    /** Marks the end of a step, and drops what nobody asked for lately. */
    void endGeneration() {
        generation++;
        mostNeeded = Math.max(neededFloats, mostNeeded - mostNeeded / KEPT_FOR);
        neededFloats = 0;
        if (generation % KEPT_FOR == 0) {
            dropUnusedFor(KEPT_FOR);
        }
        // The last pass leaves what this step needed, so the next step begins within the bound and drops nothing.
        for (int age = KEPT_FOR; freeFloats > 2 * mostNeeded && age >= 1; age /= 2) {
            dropUnusedFor(age);
        }
    }

    private void dropUnusedFor(int generations) {
        for (Stack stack : table) {
            if (stack != null) {
                freeFloats -= (long) stack.length * stack.dropUnusedSince(generation - generations);
            }
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
        table[slot] = stack;
        stacks++;
        if (2 * stacks > table.length) {
            rebuild(stack);
        }
        return stack;
    }

    /**
     * Fills a new table with this stack and those that hold arrays, and leaves room for as many again. A stack whose arrays are all
     * in use is made anew when they come back.
     */
    private void rebuild(Stack inserted) {
        @Nullable
        Stack[] old = table;
        stacks = 1;
        for (Stack stack : old) {
            if (stack != null && stack.count > 0) {
                stacks++;
            }
        }
        int capacity = Math.max(32, 8 * Integer.highestOneBit(stacks));
        table = new @Nullable Stack[capacity];
        for (Stack stack : old) {
            if (stack != null && (stack.count > 0 || stack == inserted)) {
                int slot = hash(stack.length) & (capacity - 1);
                while (table[slot] != null) {
                    slot = (slot + 1) & (capacity - 1);
                }
                table[slot] = stack;
            }
        }
    }

    private static int hash(int length) {
        int h = length * 0x9E3779B9;
        return h ^ h >>> 16;
    }
}
