package org.lanewise.bench.compare;

/** The user asked for what cannot be measured here; the message is the one line that is printed. */
final class CannotMeasure extends RuntimeException {

    private static final long serialVersionUID = 1;

    CannotMeasure(String message) {
        super(message);
    }
}
