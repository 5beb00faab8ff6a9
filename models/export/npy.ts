/** numpy's file format, version 1.0: https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html */

/** Begins a file of `rows` rows of `columns` bytes. */
export function npyHeader(rows: number, columns: number): Buffer {
  const about = `{'descr': '|u1', 'fortran_order': False, 'shape': (${rows}, ${columns}), }`;
  const before = 10;
  const length = Math.ceil((before + about.length + 1) / 64) * 64 - before;
  const header = Buffer.alloc(before + length, ' ');
  header.write('\x93NUMPY\x01\x00', 'latin1');
  header.writeUInt16LE(length, 8);
  header.write(about, before, 'latin1');
  header.write('\n', header.length - 1);
  return header;
}
