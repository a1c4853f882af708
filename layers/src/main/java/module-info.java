/**
 * Layers with their parameters, losses, optimizers and data sets, under PyTorch's names.
 */
module org.lanewise.layers {
    requires transitive org.lanewise.autograd;
    requires static org.jspecify;

    exports org.lanewise.layers;
    exports org.lanewise.layers.data;
}
