/** As much of it as is used here; the package has no types. Node finds the functions only in this file of it. */
declare module 'gifenc/dist/gifenc.esm.js' {
  interface Options {
    delay: number;
    first: boolean;
    /** Bits of a pixel. */
    colorDepth: number;
    dispose: number;
    transparent: boolean;
    transparentIndex: number;
    palette?: [red: number, green: number, blue: number][];
  }
  export function GIFEncoder(options: { auto: boolean; initialCapacity: number }): {
    readonly buffer: ArrayBuffer;
    writeHeader(): void;
    writeFrame(pixels: Uint8Array, width: number, height: number, options: Options): void;
    finish(): void;
    bytes(): Uint8Array<ArrayBuffer>;
    bytesView(): Uint8Array<ArrayBuffer>;
  };
}
