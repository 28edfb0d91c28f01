// The loops of a transformer that are not matrix products, in portable C.
//
// Every kernel works on a range of rows (or of columns, or of elements) and knows nothing of threads:
// the caller cuts the work into ranges. What a kernel computes for a row does not depend on the range it
// came in, so results are the same for any number of threads. All matrices are row-major float32;
// `bfloat16` is its upper 16 bits, rounded to the nearest: ties to even, those of weights away from zero.
//
// Kernels with long loops are compiled once for each of a processor family's instruction sets, and are called through
// `ck_kernels`, the table of one of them. The others are plain functions.
#pragma once
#include <signal.h>
#include <stdint.h>

#pragma clang assume_nonnull begin

/// Elements as products read and write them: float32, or bfloat16. One of the two is not null.
typedef struct {
  float *_Nullable f32;
  uint16_t *_Nullable bf16;
} ck_operand;

/// A weight of float32: as such, or as two halves, of which the upper is the value rounded to bfloat16 and so
/// an operand of products. The value's bits are those of `upper`, shifted, plus `lower`: nothing is lost.
typedef struct {
  float *_Nullable f32;
  uint16_t *_Nullable upper;
  int16_t *_Nullable lower;
} ck_weight;

// MARK: - Parallel loops (parallel.c)

typedef void (*ck_task)(void *_Nullable context, long task, int worker);

/// Makes all signals wait that do not come from a fault of the calling thread.
/// @return what `ck_restore_signals` needs.
sigset_t ck_block_signals(void);
void ck_restore_signals(sigset_t before);

/// Finds the OpenMP runtime that oneDNN has loaded, or loads one. Without any, `ck_parallel` runs on the caller's thread.
void ck_parallel_open(void);
/// Whether the process may have the addresses of so many threads' stacks: the OpenMP runtime ends it in its own words where it
/// cannot make a thread.
int ck_has_room_for_threads(int threads);
/// Calls `task(context, i, worker)` for i in 0..<count, in any order, each i once, worker < threads.
void ck_parallel(long count, int threads, ck_task task, void *_Nullable context);

// MARK: - Random numbers (random.c)

/// Philox4x32-10 (Salmon et al., 2011): four words from a 128-bit counter and a 64-bit key.
void ck_philox(const uint32_t counter[_Nonnull 4], uint64_t key, uint32_t words[_Nonnull 4]);

// MARK: - Selection (selection.c)

/// counts[b] += number of |x| (or of x², the order is the same) whose float bits >> 16 equal b, b < 32768.
void ck_magnitude_histogram(const float *x, long begin, long end, uint32_t *counts);
/// Like the histogram, over the lower 16 bits of those whose upper bits equal `upper`; counts has 65536.
void ck_magnitude_histogram_low(
    const float *x, long begin, long end, uint32_t upper, uint32_t *counts);
/// Appends the indices i with magnitude bits > `bits`, and the first `ties` with magnitude bits == `bits`.
long ck_select(
    const float *x, long begin, long end, uint32_t bits, long ties, uint32_t *indices);
/// out[i] += x[indices[i]]
void ck_gather_adding(const float *x, const uint32_t *indices, long count, float *out);

// MARK: - Sparse changes of weights (sparse_change.c)

/// The entries of a sparse matrix line by line (rows, or columns): those of line l are
/// starts[l]..<starts[l + 1], each with its place in the line.
typedef struct {
  const uint32_t *starts;
  const uint32_t *places;
  const float *values;
} ck_lines;

/// Sorts entries, given by ascending flat indices of a matrix with `columns` columns, into lines.
void ck_lines_of_rows(
    const uint32_t *indices, long count, long rows, uint32_t columns, uint32_t *starts, uint32_t *places);
void ck_lines_of_columns(
    const uint32_t *indices, const float *values, long count, uint32_t columns, uint32_t *starts,
    uint32_t *places, float *sorted);
/// The lines that `add_to_columns` works on at a time.
enum { CK_LINE_BLOCK = 64 };

// MARK: - What kernels take

/// Where a draw stands: the generator is a pure function of this and of (row, column).
typedef struct {
  uint64_t seed;
  uint32_t pass;       // which forward pass of the run
  uint32_t site;       // which dropout layer of the model
  uint32_t threshold;  // a draw below this drops the element; 0 drops none
  float scale;         // 1 / (1 - probability)
} ck_dropout;

typedef enum { CK_GELU = 0, CK_GELU_TANH = 1, CK_RELU = 2, CK_SILU = 3 } ck_activation;

/// One key head of one sequence, and the `group` of query heads that share it, side by side: `keys` key rows, and
/// `queries` query rows that start at `query` (all rows of the sequence, or only some). Strides are those of the
/// token-major matrices.
typedef struct {
  long queries, keys, size, group;  // rows, rows, columns of a head, query heads
  ck_operand query, key, value;
  long query_stride, key_stride;
  float scale;
  /// The place of each query row among the keys, ascending: it sees the `window` keys that end there. Null when every
  /// query sees all keys.
  const int32_t *_Nullable positions;
  long window;
  uint32_t first_row, head;  // identify the dropout draws; of the first query head
  ck_dropout dropout;
} ck_attention;

/// Whether a rotation turns vectors, or turns them back.
typedef enum { CK_FORWARD = 0, CK_BACKWARD = 1 } ck_direction;

/// One step of AdamW (Loshchilov & Hutter, 2019) with the bias corrections already folded in.
typedef struct {
  float rate;               // learning rate / (1 - beta1^t)
  float decay;              // 1 - learning rate * weight decay
  float beta1, beta2;
  float inverse_correction; // 1 / sqrt(1 - beta2^t)
  float epsilon;
  float gradient_scale;     // clipping
} ck_adam;

/// How a file stores the rows of a matrix: elements one after the other, or the quantised blocks of GGUF.
typedef enum {
  CK_F32, CK_F16, CK_BF16,
  CK_Q4_0, CK_Q4_1, CK_Q5_0, CK_Q5_1, CK_Q8_0,  // blocks of 32
  CK_Q4_K, CK_Q5_K, CK_Q6_K,                    // blocks of 256
} ck_storage;

// MARK: - Kernels by instruction set (kernels/, one file of this folder for each set)

/// The instruction sets that kernels are compiled for, each a superset of the one before.
typedef enum {
  CK_BASELINE = 0,     // what every processor of the target has
  CK_X86_64_V3 = 1,    // AVX2
  CK_X86_64_V4 = 2,    // AVX-512
  CK_X86_64_BF16 = 3,  // AVX-512 that multiplies pairs of bfloat16
} ck_instruction_set;

typedef struct {
  // Elementwise (elementwise.h)

  void (*to_bfloat16)(const float *x, uint16_t *y, long begin, long end);
  void (*from_bfloat16)(const uint16_t *x, float *y, long begin, long end);
  void (*add)(float *y, const float *x, long begin, long end);
  void (*scale)(float *y, float factor, long begin, long end);
  /// y = x + bias; x and y may be the same.
  void (*add_bias)(const float *x, const float *bias, ck_operand y, long columns, long begin, long end);
  /// out[c] += sum of x[r][c] over all rows, for c in begin..<end.
  void (*column_sums)(ck_operand x, long rows, long stride, float *out, long begin, long end);
  double (*sum_of_squares)(ck_operand x, long begin, long end);
  /// y[r] = x[indices[r]]: whole rows.
  void (*gather_rows)(
      const float *x, long stride, const int32_t *indices, float *y, long columns, long begin, long end);
  /// y += x², element by element
  void (*add_squares)(float *y, const float *x, long begin, long end);
  /// y += a x
  void (*axpy)(float a, const float *x, float *y, long count);

  // Tiles of matrices as they are stored (tiles.h)

  /// y [rows, columns] = x as float32, exactly.
  void (*widen_tile)(
      const uint16_t *x, long x_stride, float *y, long y_stride, long rows, long columns);
  /// y [rows, columns] = x, rounded to bfloat16.
  void (*round_tile)(
      const float *x, long x_stride, uint16_t *y, long y_stride, long rows, long columns);

  // Matrices as files store them (stored.h)

  /// y [rows, columns] = the elements of x, whose rows begin `row_bytes` apart: whole blocks of each.
  void (*decode_tile)(
      ck_storage type, const uint8_t *x, long row_bytes, float *y, long y_stride, long rows, long columns);
  /// y[r] = the product of row r of w and x [columns], for r in begin..<end.
  void (*stored_times_vector)(
      ck_storage type, const uint8_t *w, long row_bytes, const float *x, float *y, long columns, long begin,
      long end);

  // Dropout (dropout.h)

  /// y = x masked and scaled; x and y may be the same.
  void (*dropout_rows)(
      const float *x, float *y, long columns, long begin, long end, const ck_dropout *dropout);

  // Weights (weight.h)

  /// Takes a weight apart and puts it together again.
  void (*split)(const float *x, ck_weight halves, long begin, long end);
  void (*join)(ck_weight halves, float *x, long begin, long end);
  /// The upper halves alone: the same rounding for a weight that does not train.
  void (*upper_halves)(const float *x, uint16_t *upper, long begin, long end);
  /// w += x
  void (*add_to_weight)(ck_weight w, const float *x, long begin, long end);

  // Activations (activation.h)

  /// z = x + bias (what the backward pass needs), y = activation(z); x and z may be the same.
  void (*bias_activation)(
      ck_activation kind, const float *x, const float *bias, ck_operand z, ck_operand y, long columns,
      long begin, long end);
  /// dx = dy * activation'(z), and y = activation(z) again; dx and dy may be the same.
  void (*activation_backward)(
      ck_activation kind, ck_operand z, const float *dy, ck_operand dx, ck_operand y, long begin, long end);
  /// y = activation(gate) * up.
  void (*gated_activation)(
      ck_activation kind, ck_operand gate, ck_operand up, ck_operand y, long begin, long end);
  /// The gradients of gate and up from that of y, and y again. dgate or dup may be dy.
  void (*gated_activation_backward)(
      ck_activation kind, ck_operand gate, ck_operand up, const float *dy, ck_operand dgate, ck_operand dup,
      ck_operand y, long begin, long end);
  /// y = tanh(x + bias), and dx = dy (1 - y²).
  void (*bias_tanh)(float *x, const float *bias, long columns, long begin, long end);
  void (*tanh_backward)(const float *y, const float *dy, float *dx, long begin, long end);

  // Layer normalisation (normalization.h)

  /// y = normalised(x) gamma + bias per row. Saves the normalised rows and 1 / standard deviation. The
  /// rounded y is written too, where it is wanted.
  void (*layer_norm)(
      const float *x, const float *gamma, const float *bias, float epsilon, ck_operand normalized,
      float *inverse, float *y, uint16_t *_Nullable rounded, long columns, long begin, long end);
  /// x = residual + dropout(x + xbias), then layer normalisation of x as above.
  void (*residual_layer_norm)(
      const float *x, const float *xbias, const float *residual, const ck_dropout *dropout,
      const float *gamma, const float *bias, float epsilon, ck_operand normalized, float *inverse, float *y,
      uint16_t *_Nullable rounded, long columns, long begin, long end);
  /// dx from dy, for rows begin..<end; dx and dy may be the same. `dropped` is dx masked and scaled, unless
  /// both its pointers are null.
  void (*layer_norm_backward)(
      const float *dy, ck_operand normalized, const float *inverse, const float *gamma, float *dx,
      const ck_dropout *dropout, ck_operand dropped, long columns, long begin, long end);
  /// dgamma += sum of dy * normalised, dbias += sum of dy, over all rows, for columns begin..<end.
  void (*layer_norm_gradients)(
      const float *dy, ck_operand normalized, long rows, long columns, float *dgamma, float *dbias,
      long begin, long end);

  // Normalisation by the root of the mean square (rms_norm.h)

  /// y = x / √(mean x² + epsilon) * gamma per row. Saves x over the root, and 1 / root.
  void (*rms_norm)(
      const float *x, const float *gamma, float epsilon, ck_operand normalized, float *inverse, ck_operand y,
      long columns, long begin, long end);
  /// dx += the gradient of x, for rows begin..<end.
  void (*rms_norm_backward)(
      const float *dy, ck_operand normalized, const float *inverse, const float *gamma, float *dx, long columns,
      long begin, long end);
  /// dgamma += sum of dy * normalised over all rows, for columns begin..<end.
  void (*rms_norm_gradients)(
      const float *dy, ck_operand normalized, long rows, long columns, float *dgamma, long begin, long end);

  // Rotary positions (rotary.h)

  /// y = x with every head of a row turned: column i and column i + half of a head by the angle whose cosine and sine
  /// are `cosines` and `sines` [positions, half] at (the row's position, i). x and y may be the same.
  void (*rotate)(
      ck_direction direction, ck_operand x, ck_operand y, const int32_t *positions, const float *cosines,
      const float *sines, long heads, long size, long begin, long end);

  // Cross-entropy (cross_entropy.h)

  /// losses[r] = -log softmax(logits)[labels[r]] for rows begin..<end, and `scale` times its gradient.
  void (*cross_entropy)(
      const float *logits, const int32_t *labels, float scale, float *_Nullable gradient, float *losses,
      long columns, long begin, long end);

  // Attention (attention.h)

  /// Floats of scratch memory that one call needs.
  long (*attention_scratch)(long keys, long size);
  /// Writes the heads' columns of `output` and the rows' log-sum-exp (one per head and query row, `lse_stride` apart).
  void (*attention_forward)(
      const ck_attention *a, ck_operand output, long output_stride, float *lse, long lse_stride,
      float *scratch);
  /// Writes (not adds) the heads' columns of the three gradients.
  void (*attention_backward)(
      const ck_attention *a, const float *doutput, long output_stride, const float *lse, long lse_stride,
      ck_operand dquery, ck_operand dkey, ck_operand dvalue, float *scratch);

  // Optimisers (optimizer.h)

  void (*adamw)(
      const ck_adam *step, ck_weight w, ck_operand g, float *m, float *v, long begin, long end);
  /// Adam on a list of selected values: delta[i] = the change of element i.
  void (*adam_delta)(
      const ck_adam *step, const float *g, float *m, float *v, float *delta, long begin, long end);

  // Sparse changes of weights (sparse_change.h)

  /// Row map[l] (or l) of w [.., columns] += the combination of `vectors` [.., columns] that line l is.
  void (*add_to_rows)(
      ck_weight w, long columns, const int32_t *_Nullable map, const ck_lines *lines, const float *vectors,
      long begin, long end);
  /// Column map[l] (or l) of w [rows, columns] += the combination of `vectors` [.., rows] that line l is.
  void (*add_to_columns)(
      ck_weight w, long rows, long columns, const int32_t *_Nullable map, const ck_lines *lines,
      const float *vectors, long begin, long end, float *scratch);
  /// Floats of scratch memory that one call of `add_to_columns` needs.
  long (*add_to_columns_scratch)(long rows);
  /// Elements of w += values.
  void (*add_to_elements)(
      ck_weight w, const uint32_t *elements, const float *values, long begin, long end);
} ck_kernels;

/// The kernels for an instruction set, or NULL when this processor, or the target, does not have it.
const ck_kernels *_Nullable ck_kernels_for(ck_instruction_set set);

#pragma clang assume_nonnull end
