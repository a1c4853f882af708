package org.lanewise.autograd;

import java.util.Arrays;
import java.util.Objects;
import java.util.random.RandomGenerator;

import org.jspecify.annotations.Nullable;
import org.lanewise.autograd.ops.Add;
import org.lanewise.autograd.ops.Broadcast;
import org.lanewise.autograd.ops.Div;
import org.lanewise.autograd.ops.Exp;
import org.lanewise.autograd.ops.Log;
import org.lanewise.autograd.ops.LogSoftmax;
import org.lanewise.autograd.ops.MatMul;
import org.lanewise.autograd.ops.Mul;
import org.lanewise.autograd.ops.Reduce;
import org.lanewise.autograd.ops.Relu;
import org.lanewise.autograd.ops.Reshape;
import org.lanewise.autograd.ops.Scale;
import org.lanewise.autograd.ops.Select;
import org.lanewise.autograd.ops.Sigmoid;
import org.lanewise.autograd.ops.Softmax;
import org.lanewise.autograd.ops.Sub;
import org.lanewise.autograd.ops.Sum;
import org.lanewise.autograd.ops.Tanh;
import org.lanewise.kernels.Reduction;

/**
 * A shape and its elements in row-major order, contiguous, in a {@code float[]}.
 *
 * <p>
 * A tensor that the program makes is a <em>leaf</em>: it belongs to no tape, and it may require a gradient, which then lives as
 * long as it does. A tensor that an operation makes while a {@link Tape} is open belongs to that tape and ends with it.
 */
public final class Tensor {

    private final Shape shape;
    private final float[] data;
    private final @Nullable Tape owner;

    private boolean requiresGrad;
    /** A leaf keeps its array for good; a computed tensor has one only between its consumers' and its own backward pass. */
    private float @Nullable [] gradient;
    private boolean gradientDefined;

    Tensor(Shape shape, float[] data, @Nullable Tape owner) {
        this.shape = shape;
        this.data = data;
        this.owner = owner;
    }

    /**
     * A tensor of given elements.
     *
     * @param data  the elements in row-major order; not copied, so a later change of the array changes the tensor
     * @param shape the dimensions
     * @return the tensor
     * @throws IllegalArgumentException if the array's length is not the product of the dimensions
     */
    public static Tensor of(float[] data, int... shape) {
        Objects.requireNonNull(data, "data");
        Shape s = Shape.of(shape);
        if (data.length != s.size()) {
            throw new IllegalArgumentException(
                    "shape " + s + " has " + s.size() + " elements but the array has " + data.length);
        }
        return new Tensor(s, data, null);
    }

    /**
     * A tensor of zeros.
     *
     * @param shape the dimensions
     * @return the tensor
     */
    public static Tensor zeros(int... shape) {
        Shape s = Shape.of(shape);
        return new Tensor(s, new float[s.size()], null);
    }

    /**
     * A tensor whose elements are all the same.
     *
     * @param value the elements
     * @param shape the dimensions
     * @return the tensor
     */
    public static Tensor full(float value, int... shape) {
        Tensor tensor = zeros(shape);
        Arrays.fill(tensor.data, value);
        return tensor;
    }

    /**
     * A tensor of independent standard normal numbers.
     *
     * @param random where they come from; the same seed gives the same tensor
     * @param shape  the dimensions
     * @return the tensor
     */
    public static Tensor randn(RandomGenerator random, int... shape) {
        Tensor tensor = zeros(shape);
        for (int i = 0; i < tensor.data.length; i++) {
            tensor.data[i] = (float) random.nextGaussian();
        }
        return tensor;
    }

    /**
     * A tensor of independent numbers, uniform in [low, high).
     *
     * @param random where they come from; the same seed gives the same tensor
     * @param low    lower bound
     * @param high   upper bound
     * @param shape  the dimensions
     * @return the tensor
     */
    public static Tensor uniform(RandomGenerator random, float low, float high, int... shape) {
        Tensor tensor = zeros(shape);
        for (int i = 0; i < tensor.data.length; i++) {
            tensor.data[i] = low + (high - low) * random.nextFloat();
        }
        return tensor;
    }

    /**
     * {@return the shape}
     */
    public Shape shape() {
        return shape;
    }

    /**
     * {@return the number of elements}
     */
    public int size() {
        return shape.size();
    }

    /**
     * One dimension of the shape.
     *
     * @param index which one; negative counts from the end
     * @return its size
     */
    public int dim(int index) {
        return shape.dim(index);
    }

    /**
     * The elements in row-major order: the array itself, not a copy. Do not change it between a forward and its backward pass.
     *
     * @return the array, of length {@link #size()}
     * @throws IllegalStateException if the tape that owns this tensor was closed
     */
    public float[] data() {
        if (owner != null && owner.isClosed()) {
            throw new IllegalStateException("this tensor of shape " + shape
                    + " ended with its tape; call detach() before the tape closes to keep a copy");
        }
        return data;
    }

    /**
     * A copy of the elements in row-major order.
     *
     * @return a new array
     */
    public float[] toArray() {
        return data().clone();
    }

    /**
     * One element.
     *
     * @param index its place in each dimension
     * @return the element
     * @throws IndexOutOfBoundsException if there is no such element
     */
    public float get(int... index) {
        if (index.length != shape.rank()) {
            throw new IndexOutOfBoundsException(
                    "index " + Arrays.toString(index) + " has " + index.length + " places but the shape is " + shape);
        }
        int at = 0;
        for (int i = 0; i < index.length; i++) {
            if (index[i] < 0 || index[i] >= shape.dim(i)) {
                throw new IndexOutOfBoundsException(
                        "index " + Arrays.toString(index) + " is outside of shape " + shape);
            }
            at = at * shape.dim(i) + index[i];
        }
        return data()[at];
    }

    /**
     * The only element.
     *
     * @return its value
     * @throws IllegalStateException if there is not exactly one
     */
    public float item() {
        if (size() != 1) {
            throw new IllegalStateException("item(): expected one element but the shape is " + shape);
        }
        return data()[0];
    }

    /**
     * A copy that belongs to no tape, requires no gradient and stays when the tape closes.
     *
     * @return a leaf with the same elements
     */
    public Tensor detach() {
        return new Tensor(shape, toArray(), null);
    }

    /**
     * Makes this leaf require a gradient: operations on it are recorded, and {@link Tape#backward} adds to {@link #grad()}.
     *
     * @return this tensor
     * @throws IllegalStateException if this tensor was computed under a tape
     */
    public Tensor requireGrad() {
        if (owner != null) {
            throw new IllegalStateException(
                    "requireGrad(): only a leaf can be asked for a gradient; call detach() first");
        }
        requiresGrad = true;
        return this;
    }

    /**
     * {@return whether a gradient is computed for this tensor}
     */
    public boolean requiresGrad() {
        return requiresGrad;
    }

    /**
     * The gradient that {@link Tape#backward} has added up since the last {@link #zeroGrad()}.
     *
     * @return a tensor of the same shape that shares the gradient's array, or null if there is none
     */
    public @Nullable Tensor grad() {
        return gradient != null && gradientDefined ? new Tensor(shape, gradient, null) : null;
    }

    /** Forgets the gradient, so that the next backward pass begins a new one. */
    public void zeroGrad() {
        gradientDefined = false;
    }

    // Operations. Each stands in a file of its own, beside its gradient.

    /**
     * Sum, element by element; see {@link Add}.
     *
     * @param other a tensor of the same shape; or one of the two is repeated, see {@link Broadcast}
     * @return this + other
     * @throws IllegalArgumentException if the shapes do not fit
     */
    public Tensor add(Tensor other) {
        return Add.add(this, other);
    }

    /**
     * Difference, element by element; see {@link Sub}.
     *
     * @param other a tensor of the same shape; or one of the two is repeated, see {@link Broadcast}
     * @return this - other
     * @throws IllegalArgumentException if the shapes do not fit
     */
    public Tensor sub(Tensor other) {
        return Sub.sub(this, other);
    }

    /**
     * Product, element by element; see {@link Mul}.
     *
     * @param other a tensor of the same shape; or one of the two is repeated, see {@link Broadcast}
     * @return this * other
     * @throws IllegalArgumentException if the shapes do not fit
     */
    public Tensor mul(Tensor other) {
        return Mul.mul(this, other);
    }

    /**
     * Quotient, element by element; see {@link Div}.
     *
     * @param other a tensor of the same shape; or one of the two is repeated, see {@link Broadcast}
     * @return this / other
     * @throws IllegalArgumentException if the shapes do not fit
     */
    public Tensor div(Tensor other) {
        return Div.div(this, other);
    }

    /**
     * Product with a number; see {@link Scale}.
     *
     * @param factor the number
     * @return this * factor
     */
    public Tensor mul(float factor) {
        return Scale.scale(this, factor);
    }

    /**
     * Matrix product; see {@link MatMul}.
     *
     * @param other shape (k, n)
     * @return this (m, k) times other, of shape (m, n)
     */
    public Tensor matmul(Tensor other) {
        return MatMul.matmul(this, other);
    }

    /**
     * max(x, 0); see {@link Relu}.
     *
     * @return a tensor of the same shape
     */
    public Tensor relu() {
        return Relu.relu(this);
    }

    /**
     * Exponential function; see {@link Exp}.
     *
     * @return a tensor of the same shape
     */
    public Tensor exp() {
        return Exp.exp(this);
    }

    /**
     * Natural logarithm; see {@link Log}.
     *
     * @return a tensor of the same shape
     */
    public Tensor log() {
        return Log.log(this);
    }

    /**
     * Hyperbolic tangent; see {@link Tanh}.
     *
     * @return a tensor of the same shape
     */
    public Tensor tanh() {
        return Tanh.tanh(this);
    }

    /**
     * 1/(1 + exp(-x)); see {@link Sigmoid}.
     *
     * @return a tensor of the same shape
     */
    public Tensor sigmoid() {
        return Sigmoid.sigmoid(this);
    }

    /**
     * Softmax along the last dimension; see {@link Softmax}.
     *
     * @return a tensor of the same shape
     */
    public Tensor softmax() {
        return Softmax.softmax(this);
    }

    /**
     * Logarithm of softmax along the last dimension; see {@link LogSoftmax}.
     *
     * @return a tensor of the same shape
     */
    public Tensor logSoftmax() {
        return LogSoftmax.logSoftmax(this);
    }

    /**
     * The same elements in another shape; see {@link Reshape}.
     *
     * @param dims the dimensions; one of them may be -1 and is computed
     * @return a tensor that shares this one's elements
     */
    public Tensor reshape(int... dims) {
        return Reshape.reshape(this, dims);
    }

    /**
     * Joins the dimensions from one on into one; see {@link Reshape}.
     *
     * @param startDim the first dimension that is joined
     * @return a tensor that shares this one's elements
     */
    public Tensor flatten(int startDim) {
        return Reshape.flatten(this, startDim);
    }

    /**
     * One slice of a dimension, which is left out of the result: select(1, -1) is PyTorch's x[:, -1]; see {@link Select}.
     *
     * @param dim   the dimension; negative counts from the end
     * @param index the place in it; negative counts from the end
     * @return a tensor with one dimension less
     */
    public Tensor select(int dim, int index) {
        return Select.select(this, dim, index);
    }

    /**
     * Sum of all elements; see {@link Sum}.
     *
     * @return a scalar
     */
    public Tensor sum() {
        return Sum.sum(this);
    }

    /**
     * Mean of all elements; see {@link Sum}.
     *
     * @return a scalar
     */
    public Tensor mean() {
        return Sum.mean(this);
    }

    /**
     * Sum along a dimension; see {@link Reduce}.
     *
     * @param dim the dimension; negative counts from the end
     * @return a tensor without this dimension
     */
    public Tensor sum(int dim) {
        return Reduce.reduce(Reduction.SUM, this, dim);
    }

    /**
     * Mean along a dimension; see {@link Reduce}.
     *
     * @param dim the dimension; negative counts from the end
     * @return a tensor without this dimension
     */
    public Tensor mean(int dim) {
        return Reduce.reduce(Reduction.MEAN, this, dim);
    }

    /**
     * Maximum along a dimension; see {@link Reduce}.
     *
     * @param dim the dimension, not empty; negative counts from the end
     * @return a tensor without this dimension
     * @throws IllegalArgumentException if it is empty
     */
    public Tensor max(int dim) {
        return Reduce.reduce(Reduction.MAX, this, dim);
    }

    /**
     * Unbiased variance along a dimension; see {@link Reduce}.
     *
     * @param dim the dimension; negative counts from the end
     * @return a tensor without this dimension
     */
    public Tensor var(int dim) {
        return Reduce.reduce(Reduction.VARIANCE, this, dim);
    }

    /**
     * Euclidean norm along a dimension; see {@link Reduce}.
     *
     * @param dim the dimension; negative counts from the end
     * @return a tensor without this dimension
     */
    public Tensor norm(int dim) {
        return Reduce.reduce(Reduction.NORM, this, dim);
    }

    /**
     * Places of the largest elements along a dimension; see {@link Reduce#argmax}.
     *
     * @param dim the dimension; negative counts from the end
     * @return the places, in the order of the elements of {@link #max}
     * @throws IllegalArgumentException if the dimension is empty
     */
    public int[] argmax(int dim) {
        return Reduce.argmax(this, dim);
    }

    /** {@return the shape and the first elements} */
    @Override
    public String toString() {
        if (owner != null && owner.isClosed()) {
            return "Tensor" + shape + " of a closed tape";
        }
        int shown = Math.min(8, data.length);
        String values = Arrays.toString(Arrays.copyOf(data, shown));
        return "Tensor" + shape + " " + (shown < data.length ? values.replace("]", ", ...]") : values);
    }

    @Nullable
    Tape owner() {
        return owner;
    }

    /** Marks the output of a recorded operation. */
    void recorded() {
        requiresGrad = true;
    }

    boolean hasGradient() {
        return gradientDefined;
    }

    /** The array that gradients are added to; made if there is none. */
    float[] gradientArray(Tape tape) {
        if (gradient == null) {
            gradient = owner == null ? new float[size()] : tape.scratch(size());
        }
        return gradient;
    }

    void gradientWritten() {
        gradientDefined = true;
    }

    /** Takes an array from the pool as the gradient. A leaf refuses: its gradient outlives the tape. */
    boolean adoptGradient(float[] array) {
        if (owner == null || gradientDefined) {
            return false;
        }
        gradient = array;
        gradientDefined = true;
        return true;
    }

    /** The gradient of a computed tensor, which no longer has one afterwards; null if none arrived. */
    float @Nullable [] takeGradient() {
        float[] array = gradientDefined ? gradient : null;
        gradient = null;
        gradientDefined = false;
        return array;
    }
}
