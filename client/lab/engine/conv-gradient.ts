/**
 * The gradient of a convolution by its kernel, which the wasm backend of TensorFlow.js lacks. It is a convolution itself: of the
 * input, with batch and channels swapped, by the gradient of the output, and with the one's stride as the other's dilation.
 */
import type {
  Conv2DBackpropFilterAttrs,
  Conv2DBackpropFilterInputs,
  NamedAttrMap,
  NamedTensorInfoMap,
  Tensor4D,
} from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';

/** Registers the kernel for the wasm backend, once. */
export function registerConvGradient(): void {
  if (tf.getKernel(tf.Conv2DBackpropFilter, 'wasm')) return;
  tf.registerKernel({
    kernelName: tf.Conv2DBackpropFilter,
    backendName: 'wasm',
    kernelFunc: ({ inputs, attrs }) => convGradient(inputs, attrs),
  });
}

/** x: batch, height, width, channels. dy: batch, height, width, filters. Returns the kernel's height, width, channels, filters. */
function convGradient(inputs: NamedTensorInfoMap, attrs: NamedAttrMap | undefined): tf.TensorInfo {
  // They are tensors of the caller already: wrapped again they would be counted, and kept, twice.
  const { x, dy } = inputs as unknown as { [name in keyof Conv2DBackpropFilterInputs]: Tensor4D };
  const { strides, pad, dimRoundingMode, filterShape } = attrs as unknown as Conv2DBackpropFilterAttrs;
  const [high, wide] = filterShape;
  return tf.tidy(() => {
    const { padInfo, strideHeight, strideWidth } = tf.backend_util.computeConv2DInfo(
      x.shape,
      filterShape,
      strides,
      1,
      pad,
      dimRoundingMode,
    );
    const { top, bottom, left, right } = padInfo;
    const padded = tf.pad4d(x, [
      [0, 0],
      [top, bottom],
      [left, right],
      [0, 0],
    ]);
    const swapped = tf.transpose(padded, [3, 1, 2, 0]) as Tensor4D;
    const kernel = tf.transpose(dy, [1, 2, 0, 3]) as Tensor4D;
    // Pixels that no stride reaches give one row or column more than the kernel has.
    const sums = tf.conv2d(swapped, kernel, 1, 'valid', 'NHWC', [strideHeight, strideWidth]);
    const own = tf.slice4d(sums, [0, 0, 0, 0], [-1, high, wide, -1]);
    return tf.transpose(own, [1, 2, 0, 3]);
  });
}
