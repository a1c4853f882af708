/**
 * Tensors, the tape that records what is computed with them, and the gradient of every operation.
 */
module org.lanewise.autograd {
    requires transitive org.lanewise.kernels;
    requires static org.jspecify;

    exports org.lanewise.autograd;
    exports org.lanewise.autograd.ops;
}
