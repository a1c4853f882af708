/**
 * Layers, losses and optimizers. Names, argument order, parameter names and shapes, default initialisation and default
 * hyper-parameters are PyTorch's.
 *
 * <p>
 * Training takes six steps:
 *
 * {@snippet :
 * Layer model = new Sequential(new Linear(10, 5), new ReLU(), new Linear(5, 1));   // define and initialise
 * MSELoss criterion = new MSELoss();                                                // loss
 * SGD optimizer = new SGD(model.parameters(), 0.01);                                // optimizer
 *
 * for (int epoch = 0; epoch < 1000; epoch++) {                                      // train
 *     optimizer.zeroGrad();
 *     try (Tape tape = Tape.open()) {
 *         tape.backward(criterion.forward(model.forward(x), target));
 *     }
 *     optimizer.step();
 * }
 *
 * model.eval();                                                                     // evaluate
 * Tensor prediction = model.forward(x);
 * }
 */
@NullMarked
package org.lanewise.layers;

import org.jspecify.annotations.NullMarked;
