/**
 * Raw chains, printed as the exact bytes: kept as the places of their lines, and read again from there, many at once.
 */
import type { RunResult } from '../../pipeline/run.ts';
import { WHOLE, writeChain } from './chain-bytes.ts';
import { ChainPrinter } from './chain-printer.ts';
import type { Form } from './form.ts';

/** Chains printed at once; their lines are a thousand or a few. */
const MOST_AT_ONCE = 250;

export function rawForm(): Form {
  let printer: ChainPrinter | undefined;
  return {
    showsLate: false,
    isChains: true,
    mostAtOnce: MOST_AT_ONCE,
    head: '',
    keep(message, out) {
      out.byte(WHOLE);
      writeChain(message.lines ?? [], out);
    },
    print(batch, { files }: RunResult) {
      printer ??= new ChainPrinter(files);
      return printer.print(batch);
    },
    end() {
      printer?.close();
      return '';
    },
  };
}
