/**
 * Matrix multiplication in three levels: blocking ({@link org.lanewise.kernels.gemm.BlockedGemm}), packing
 * ({@link org.lanewise.kernels.gemm.Operand}) and micro-kernels ({@link org.lanewise.kernels.gemm.MicroKernel}). Small products
 * go without packing ({@link org.lanewise.kernels.gemm.DirectGemm}), and so do products with one to sixteen rows or columns or with
 * one step ({@link org.lanewise.kernels.gemm.VectorGemv}, {@link org.lanewise.kernels.gemm.SkinnyGemm},
 * {@link org.lanewise.kernels.gemm.OuterProduct}). {@link org.lanewise.kernels.gemm.GemmPath} chooses.
 *
 * @see <a href="https://doi.org/10.1145/1356052.1356053">Goto, van de Geijn: Anatomy of High-Performance Matrix
 *      Multiplication, 2008</a>
 */
@NullMarked
package org.lanewise.kernels.gemm;

import org.jspecify.annotations.NullMarked;
