/** The page's cells: a component that reads one is updated when it changes. Their values are replaced, never changed. */
import type { NewCell } from '../net/cell.ts';

export const reactiveCell: NewCell = (initial) => {
  let value = $state.raw(initial);
  return {
    get value() {
      return value;
    },
    set value(next) {
      value = next;
    },
  };
};
