package org.lanewise.layers;

import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;

import org.lanewise.autograd.Tensor;

/**
 * A part of a network: it computes an output from an input, and has parameters and parts of its own.
 *
 * <p>
 * A network is written as a subclass that declares its parts in the constructor and uses them in {@link #forward}:
 *
 * {@snippet :
 * final class MLP extends Layer {
 *     private final Linear fc1;
 *     private final ReLU relu = new ReLU();
 *     private final Linear fc2;
 *
 *     MLP(int inputSize, int hiddenSize, int outputSize) {
 *         fc1 = child("fc1", new Linear(inputSize, hiddenSize));
 *         fc2 = child("fc2", new Linear(hiddenSize, outputSize));
 *     }
 *
 *     @Override
 *     public Tensor forward(Tensor x) {
 *         return fc2.forward(relu.forward(fc1.forward(x)));
 *     }
 * }
 * }
 *
 * <p>
 * Many threads may run forward of the same layer at once, as long as none changes its parameters or buffers.
 */
public abstract class Layer {

    private final Map<String, Tensor> own = new LinkedHashMap<>();
    private final Map<String, Tensor> buffers = new LinkedHashMap<>();
    private final Map<String, Layer> children = new LinkedHashMap<>();
    private boolean training = true;

    /** For subclasses. */
    protected Layer() {
    }

    /**
     * Computes the output.
     *
     * @param x the input
     * @return the output
     * @throws IllegalArgumentException if the input's shape does not fit, naming the layer and both shapes
     */
    public abstract Tensor forward(Tensor x);

    /**
     * Declares a part. Call it in the constructor.
     *
     * @param <L>   the type of the part
     * @param name  its name, without a dot
     * @param layer the part
     * @return the part
     * @throws IllegalArgumentException if the name is taken or has a dot
     */
    protected final <L extends Layer> L child(String name, L layer) {
        declare(name);
        children.put(name, Objects.requireNonNull(layer, "layer"));
        return layer;
    }

    /**
     * Declares a parameter and makes it require a gradient. Call it in the constructor.
     *
     * @param name   its name, without a dot
     * @param values its initial values
     * @return the values
     * @throws IllegalArgumentException if the name is taken or has a dot
     */
    protected final Tensor parameter(String name, Tensor values) {
        declare(name);
        own.put(name, values.requireGrad());
        return values;
    }

    /**
     * Declares a buffer: values that belong to the layer's state, but that no optimizer changes. Call it in the constructor.
     *
     * @param name   its name, without a dot
     * @param values its initial values
     * @return the values
     * @throws IllegalArgumentException if the name is taken or has a dot
     */
    protected final Tensor buffer(String name, Tensor values) {
        declare(name);
        buffers.put(name, Objects.requireNonNull(values, "values"));
        return values;
    }

    private void declare(String name) {
        if (name.isEmpty() || name.contains(".")) {
            throw new IllegalArgumentException("name \"" + name + "\" must not be empty or have a dot");
        }
        if (own.containsKey(name) || buffers.containsKey(name) || children.containsKey(name)) {
            throw new IllegalArgumentException("name \"" + name + "\" is taken");
        }
    }

    /**
     * All parameters, this layer's own first and then those of its parts, in the order of their declaration. A tensor that is used
     * in several places (tied weights) is listed once, under its first name.
     *
     * @return the parameters under their dotted names
     */
    public final List<Parameter> parameters() {
        List<Parameter> all = new ArrayList<>();
        collect("", layer -> layer.own, Collections.newSetFromMap(new IdentityHashMap<>()), all);
        return all;
    }

    /**
     * All buffers, in the order of {@link #parameters()}.
     *
     * @return the buffers under their dotted names
     */
    public final List<Parameter> buffers() {
        List<Parameter> all = new ArrayList<>();
        collect("", layer -> layer.buffers, Collections.newSetFromMap(new IdentityHashMap<>()), all);
        return all;
    }

    private void collect(String prefix, Function<Layer, Map<String, Tensor>> kind, Set<Tensor> seen,
            List<Parameter> all) {
        kind.apply(this).forEach((name, tensor) -> {
            if (seen.add(tensor)) {
                all.add(new Parameter(prefix + name, tensor));
            }
        });
        children.forEach((name, layer) -> layer.collect(prefix + name + ".", kind, seen, all));
    }

    /**
     * {@return the number of values that training changes}
     */
    public final long parameterCount() {
        return parameters().stream().mapToLong(parameter -> parameter.tensor().size()).sum();
    }

    /** Forgets the gradients of all parameters. */
    public final void zeroGrad() {
        parameters().forEach(parameter -> parameter.tensor().zeroGrad());
    }

    /**
     * Switches this layer and its parts to training, where layers like dropout are active.
     *
     * @return this layer
     */
    public final Layer train() {
        return setTraining(true);
    }

    /**
     * Switches this layer and its parts to evaluation.
     *
     * @return this layer
     */
    public final Layer eval() {
        return setTraining(false);
    }

    private Layer setTraining(boolean value) {
        training = value;
        children.values().forEach(layer -> layer.setTraining(value));
        return this;
    }

    /**
     * {@return whether this layer is being trained; true for a new one}
     */
    public final boolean isTraining() { return training; }

    /** {@return the name and the constructor arguments, as error messages show them} */
    @Override
    public String toString() {
        return getClass().getSimpleName();
    }
}
