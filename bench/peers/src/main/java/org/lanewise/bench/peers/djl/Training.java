package org.lanewise.bench.peers.djl;

import java.util.Arrays;

import ai.djl.Model;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.training.DefaultTrainingConfig;
import ai.djl.training.GradientCollector;
import ai.djl.training.Trainer;
import ai.djl.training.loss.L2Loss;
import ai.djl.training.loss.Loss;
import ai.djl.training.loss.SoftmaxCrossEntropyLoss;
import ai.djl.training.optimizer.Optimizer;
import ai.djl.training.tracker.Tracker;
import org.lanewise.bench.peers.Network;

/** A network in training, its data in PyTorch's memory from the start. */
final class Training {

    private final Trainer trainer;
    private final NDArray x;
    private final NDArray y;

    Training(Network network, String engine) {
        Model model = Model.newInstance(network.kind().name(), engine);
        model.setBlock(Architectures.of(network));
        trainer = model.newTrainer(new DefaultTrainingConfig(loss(network)).optOptimizer(
                Optimizer.sgd().setLearningRateTracker(Tracker.fixed(network.learningRate())).build()));
        trainer.initialize(Architectures.input(network));
        x = trainer.getManager().create(network.x(), Architectures.input(network));
        y = expected(network, trainer.getManager());
    }

    /** The mean of the squares, where DJL's default halves it, or the mean of the cross-entropies. */
    private static Loss loss(Network network) {
        return network.labels() == null ? new L2Loss("MSE", 1) : new SoftmaxCrossEntropyLoss();
    }

    private static NDArray expected(Network network, NDManager manager) {
        int[] labels = network.labels();
        if (labels != null) {
            // As PyTorch wants an index; from int each step would make them anew.
            return manager.create(Arrays.stream(labels).asLongStream().toArray());
        }
        float[] target = network.target();
        if (target == null) {
            throw new IllegalArgumentException("a network with neither target nor labels");
        }
        return manager.create(target, new Shape(network.batch(), 1));
    }

    double step() {
        // Results live where their first operand does: the data join the manager of the step, and leave it when it is closed.
        try (NDManager manager = trainer.getManager().newSubManager()) {
            x.tempAttach(manager);
            y.tempAttach(manager);
            NDArray loss;
            try (GradientCollector gradients = trainer.newGradientCollector()) {
                loss = trainer.getLoss().evaluate(new NDList(y), trainer.forward(new NDList(x)));
                gradients.backward(loss);
            }
            trainer.step();
            return loss.getFloat();
        }
    }
}
