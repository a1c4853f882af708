package org.lanewise.autograd;

import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;

import org.junit.jupiter.api.Test;
import org.lanewise.autograd.ops.Linear;
import org.lanewise.kernels.Parallelism;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** What a tape owns, records and refuses. */
class TapeTest {

    private final Tensor x = Tensor.uniform(new SplittableRandom(1), -1, 1, 3, 4);
    private final Tensor w = Tensor.uniform(new SplittableRandom(2), -1, 1, 2, 4).requireGrad();

    @Test
    void aTensorEndsWithItsTape() {
        Tensor y;
        Tensor kept;
        try (Tape _ = Tape.open()) {
            y = Linear.linear(x, w, null);
            kept = y.detach();
        }
        assertThatThrownBy(y::data).isInstanceOf(IllegalStateException.class).hasMessageContaining("detach()");
        assertThatThrownBy(() -> y.add(y)).isInstanceOf(IllegalStateException.class);
        assertThat(y.toString()).contains("closed tape");
        assertThat(kept.toArray()).isEqualTo(Linear.linear(x, w, null).toArray());
        assertThat(kept.requiresGrad()).isFalse();
    }

    @Test
    void withoutATapeNothingIsRecordedAndNothingEnds() {
        Tensor y = Linear.linear(x, w, null);
        assertThat(y.requiresGrad()).isFalse();
        assertThat(y.data()).hasSize(6);
    }

    @Test
    void gradientsAddUpUntilTheyAreForgotten() {
        backwardOfSum();
        float[] once = gradient();
        backwardOfSum();
        assertThat(gradient()).isEqualTo(doubled(once));
        w.zeroGrad();
        assertThat(w.grad()).isNull();
        backwardOfSum();
        assertThat(gradient()).isEqualTo(once);
    }

    @Test
    void aTensorUsedTwiceReceivesBothContributions() {
        try (Tape tape = Tape.open()) {
            Tensor y = Linear.linear(x, w, null);
            tape.backward(y.add(y).sum());
        }
        float[] twice = gradient();
        w.zeroGrad();
        backwardOfSum();
        assertThat(twice).isEqualTo(doubled(gradient()));
    }

    @Test
    void backwardMayRunTwice() {
        try (Tape tape = Tape.open()) {
            Tensor loss = Linear.linear(x, w, null).tanh().sum();
            tape.backward(loss);
            float[] once = gradient();
            tape.backward(loss);
            assertThat(gradient()).isEqualTo(doubled(once));
        }
    }

    @Test
    void theSecondTapeOfAThreadIsRefused() {
        try (Tape _ = Tape.open()) {
            assertThatThrownBy(Tape::open).isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("close it first");
        }
        Tape.open().close();
    }

    @Test
    void backwardRefusesWhatItCannotDifferentiate() {
        Tensor outside = Linear.linear(x, w, null).sum();
        Tape closed = Tape.open();
        closed.close();
        assertThatThrownBy(() -> closed.backward(outside)).isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("closed");
        try (Tape tape = Tape.open()) {
            Tensor y = Linear.linear(x, w, null);
            assertThatThrownBy(() -> tape.backward(y)).isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("(3, 2)");
            assertThatThrownBy(() -> tape.backward(outside)).isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("not computed under this tape");
            assertThatThrownBy(() -> tape.backward(x.sum())).isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> tape.backward(y, Tensor.zeros(2, 3))).isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("(2, 3)");
        }
        try (Tape tape = Tape.noGrad()) {
            Tensor loss = Linear.linear(x, w, null).sum();
            assertThat(loss.requiresGrad()).isFalse();
            assertThatThrownBy(() -> tape.backward(loss)).isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("noGrad");
        }
    }

    @Test
    void manyThreadsRunTheSameModelForward() {
        float[] expected = Linear.linear(x, w, null).tanh().toArray();
        CompletableFuture<?>[] futures = new CompletableFuture<?>[8];
        for (int i = 0; i < futures.length; i++) {
            futures[i] = CompletableFuture.runAsync(() -> {
                for (int step = 0; step < 500; step++) {
                    try (Tape _ = Tape.noGrad()) {
                        assertThat(Linear.linear(x, w, null).tanh().toArray()).isEqualTo(expected);
                    }
                }
            });
        }
        CompletableFuture.allOf(futures).join();
    }

    @Test
    void anotherThreadMayNotCloseATape() {
        try (Tape tape = Tape.open()) {
            CompletableFuture<Void> other = CompletableFuture.runAsync(tape::close,
                    command -> new Thread(command).start());
            assertThatThrownBy(other::join).hasCauseInstanceOf(IllegalStateException.class);
        }
    }

    @Test
    void aTensorOfAnotherThreadsTapeIsRefused() {
        try (Tape _ = Tape.open()) {
            Tensor h = Linear.linear(x, w, null);
            CompletableFuture<Void> other = CompletableFuture.runAsync(() -> {
                try (Tape _ = Tape.open()) {
                    h.tanh();
                }
            }, command -> new Thread(command).start());
            assertThatThrownBy(other::join).hasMessageContaining("belongs to the tape of another thread");
        }
    }

    @Test
    void afterAFailedBackwardTheNextOneIsRight() {
        boolean[] fail = {true};
        try (Tape tape = Tape.open()) {
            Tensor h = Linear.linear(x, w, null);
            Tensor failing = Tape.record(copy(h), gradients -> {
                if (fail[0]) {
                    throw new IllegalArgumentException("planted");
                }
                gradients.add(h, gradients.dY());
            });
            Tensor loss = failing.add(h).sum();
            assertThatThrownBy(() -> tape.backward(loss)).hasMessage("planted");
            fail[0] = false;
            w.zeroGrad();
            tape.backward(loss);
        }
        float[] twice = gradient();
        w.zeroGrad();
        backwardOfSum();
        assertThat(twice).isEqualTo(doubled(gradient()));
    }

    private static Tensor copy(Tensor source) {
        Tensor y = Tape.newTensor(source.shape());
        System.arraycopy(source.data(), 0, y.data(), 0, source.size());
        return y;
    }

    @Test
    void contributionsOfAnotherSizeAreRefused() {
        Tensor small = Tensor.of(new float[] {1, 2, 3}, 3).requireGrad();
        assertRefused("give", small, gradients -> gradients.give(small));
        assertRefused("add", small, gradients -> gradients.add(small, gradients.dY()));
        assertRefused("commit", small, gradients -> gradients.commit(small, gradients.buffer(x.requireGrad())));
        assertThat(small.grad()).isNull();
    }

    /** An operation from (3) to (3, 4), whose backward pass takes the input for one of the output's size. */
    private static void assertRefused(String method, Tensor input, Function backward) {
        try (Tape tape = Tape.open()) {
            Tensor y = Tape.record(copy(Tensor.zeros(3, 4)), backward);
            assertThatThrownBy(() -> tape.backward(y, Tensor.zeros(3, 4)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage(
                            method + ": a contribution of 12 elements does not fit the input of shape " + input.shape()
                                    + "; the output has shape (3, 4)");
        }
    }

    @Test
    void aViewOfAnotherSizeIsRefused() {
        assertThat(Tape.newView(x, Shape.of(12)).data()).isSameAs(x.data());
        assertThatThrownBy(() -> Tape.newView(x, Shape.of(3, 5))).isInstanceOf(IllegalArgumentException.class)
                .hasMessage("newView: the elements of shape (3, 4) cannot be seen as (3, 5)");
    }

    @Test
    void aTrainingLoopAllocatesNoBuffersAfterItsFirstStep() {
        trainingStep();
        long made = Tape.arraysMade();
        assertThat(made).isPositive();
        for (int i = 0; i < 600; i++) { // longer than unused lengths are kept
            trainingStep();
        }
        assertThat(Tape.arraysMade()).isEqualTo(made);
    }

    private void trainingStep() {
        w.zeroGrad();
        try (Tape tape = Tape.open(Parallelism.serial())) {
            Tensor y = Linear.linear(Linear.linear(x, w, null).tanh(), Tensor.full(1, 3, 2), null);
            tape.backward(y.mul(y).add(y).sum());
        }
    }

    private void backwardOfSum() {
        try (Tape tape = Tape.open()) {
            tape.backward(Linear.linear(x, w, null).sum());
        }
    }

    private float[] gradient() {
        Tensor gradient = w.grad();
        assertThat(gradient).isNotNull();
        return gradient.toArray();
    }

    private static float[] doubled(float[] values) {
        float[] doubled = values.clone();
        for (int i = 0; i < doubled.length; i++) {
            doubled[i] *= 2;
        }
        return doubled;
    }
}
