/** What the machine must know of the programs that write a log: the formats say whose lines they are. */
import type { LogFormat } from '../model/log-format.ts';
import { FORMATS } from '../formats/index.ts';
import { DAEMON, readTag } from '../formats/postfix/tag.ts';
import { Frame } from '../model/frame.ts';

/** As in count.ts. */
export const FOREIGN = 1;
const SMTPD = 2;
const CLEANUP = 3;
const QMGR = 4;
const PICKUP = 5;
const DELIVERY = 6;
const LMTP = 7;
const OTHER = 8;
const READER = 9;
const POSTSCREEN = 10;
const DNSBLOG = 11;
const BESIDE = 12;
const BESIDE_OTHERWISE = 13;
const BESIDE_NAMELESS = 14;

const KINDS: Readonly<Record<number, number>> = {
  [DAEMON.smtpd]: SMTPD,
  [DAEMON.cleanup]: CLEANUP,
  [DAEMON.qmgr]: QMGR,
  [DAEMON.pickup]: PICKUP,
  [DAEMON.delivery]: DELIVERY,
  [DAEMON.lmtp]: LMTP,
  [DAEMON.postscreen]: POSTSCREEN,
  [DAEMON.dnsblog]: DNSBLOG,
  [DAEMON.other]: OTHER,
};

/** Formats beside the server: a place here, from 1 on, is the instance of their programs. */
const BESIDES = FORMATS.filter(({ besides }) => besides !== undefined);

/** What lines of which of them hold that may change what became of a mail. */
export const SIGNS: readonly { readonly sign: string; readonly format: number }[] = BESIDES.flatMap((one, i) =>
  (one.besides?.signs ?? []).map((sign) => ({ sign, format: i + 1 })),
);

/** Programs of one log, and the instances they belong to. */
export class Programs {
  private readonly instances = new Map<string, number>();
  private readonly frame = new Frame();
  /** another format than Postfix claims lines of this log */
  hasOthers = false;

  /** What a program writes, and a number for its instance. */
  of(program: string): { kind: number; instance: number } {
    this.frame.framing = 'syslog';
    this.frame.program = program;
    const format = FORMATS.find((one) => one.claims(program, this.frame));
    if (format === undefined) return { kind: FOREIGN, instance: 0 };
    if (format.besides !== undefined)
      return {
        kind: kindBeside(format.besides),
        instance: BESIDES.indexOf(format) + 1,
      };
    if (format.name !== 'postfix') this.hasOthers = true;
    if (format.name !== 'postfix') return { kind: READER, instance: 0 };
    const tag = readTag(program);
    let instance = this.instances.get(tag.instance);
    if (instance === undefined) this.instances.set(tag.instance, (instance = this.instances.size + 1));
    return { kind: KINDS[tag.daemon] ?? READER, instance };
  }
}

function kindBeside({ byQueueId, envelopes }: NonNullable<LogFormat['besides']>): number {
  if (!byQueueId) return BESIDE_OTHERWISE;
  return envelopes === undefined ? BESIDE : BESIDE_NAMELESS;
}
