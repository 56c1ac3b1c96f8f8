/**
 * `custom-data` (and `message-info`) of AGENTINFO rows -> verdicts of the filter agents and transport rules.
 * Shape:  `S:SFA=SUM|SFV=SPM|SCL=9|DI=SQ|…;S:AMA=SUM|v=1|action=b|…;S:AMA=EV|engine=M|v=1|name=DOS/Test_File|file=f;S:TRA=ETR|ruleId=…|action=RejectMessage|mode=Enforce`
 * Source: learn.microsoft.com/exchange/monitoring/trace-an-email-message/message-trace-modern-eac, "custom_data values":
 *         spam filter agent (SFA), malware filter agent (AMA), transport rule agent (TRA).
 */
import type { Outcome } from '../../model/log-event.ts';
import type { VerdictAction } from '../../model/words.ts';

export interface AgentVerdict {
  what: 'clean' | 'spam' | 'virus' | 'policy';
  action: VerdictAction;
  /** the agent itself ended the mail */
  outcome: Outcome | '';
  /** spam confidence level; NaN = not told */
  scl: number;
  reason: string;
}

/** A hostile file may hold any number. */
const MOST_PARTS = 200;
const LONGEST = 64 * 1024;

export function agentVerdicts(text: string): AgentVerdict[] {
  if (!text.startsWith('S:')) return [];
  const out: AgentVerdict[] = [];
  let malware: AgentVerdict | undefined;
  for (const part of text.slice(2, LONGEST).split(';S:', MOST_PARTS)) {
    const [head = '', ...pairs] = part.split('|');
    const values = new Map(pairs.map(pairOf));
    if (head.startsWith('SFA=')) add(out, spamVerdict(values));
    else if (head === 'AMA=SUM') add(out, (malware = malwareVerdict(values)));
    else if (head === 'AMA=EV' && malware !== undefined) name(malware, values);
    else if (head.startsWith('TRA=ETR')) add(out, ruleVerdict(values));
  }
  return out;
}

function pairOf(text: string): [string, string] {
  const at = text.indexOf('=');
  return at < 0 ? [text.toLowerCase(), ''] : [text.slice(0, at).toLowerCase(), text.slice(at + 1).replace(/;$/, '')];
}

function add(out: AgentVerdict[], verdict: AgentVerdict | undefined): void {
  if (verdict !== undefined) out.push(verdict);
}

/** DI: what was done with the mail */
const DISPOSITIONS: Readonly<Record<string, Pick<AgentVerdict, 'action' | 'outcome'>>> = {
  SB: { action: 'rejected', outcome: '' },
  SQ: { action: 'quarantined', outcome: 'quarantined' },
  SD: { action: 'discarded', outcome: 'discarded' },
  SJ: { action: 'tagged', outcome: '' },
};
/** SFV: what the filter found */
const SPAM: ReadonlySet<string> = new Set(['SPM', 'SKS', 'BLK']);

function spamVerdict(values: ReadonlyMap<string, string>): AgentVerdict | undefined {
  const found = values.get('sfv') ?? '';
  const done = DISPOSITIONS[values.get('di') ?? ''];
  if (found === '' && done === undefined) return undefined;
  const isSpam = SPAM.has(found) || done !== undefined;
  const usual: Pick<AgentVerdict, 'action' | 'outcome'> = { action: isSpam ? 'tagged' : 'accepted', outcome: '' };
  const scl = values.get('scl') ?? '';
  return {
    what: isSpam ? 'spam' : 'clean',
    ...(done ?? usual),
    scl: /^-?\d{1,2}$/.test(scl) ? Number(scl) : Number.NaN,
    reason: found === '' ? 'spam filter' : `spam filter: ${found}`,
  };
}

const MALWARE_FILTER = 'malware filter';
/** action of the malware filter */
const MALWARE: Readonly<Record<string, Pick<AgentVerdict, 'action' | 'outcome'>>> = {
  r: { action: 'modified', outcome: '' },
  p: { action: 'bypassed', outcome: '' },
  d: { action: 'tempfailed', outcome: '' },
  s: { action: 'discarded', outcome: 'discarded' },
  st: { action: 'bypassed', outcome: '' },
  sy: { action: 'bypassed', outcome: '' },
  ni: { action: 'rejected', outcome: '' },
  ne: { action: 'rejected', outcome: '' },
  b: { action: 'rejected', outcome: '' },
};

function malwareVerdict(values: ReadonlyMap<string, string>): AgentVerdict | undefined {
  const found = values.get('v');
  if (found === '0') return { what: 'clean', action: 'accepted', outcome: '', scl: Number.NaN, reason: MALWARE_FILTER };
  const done = MALWARE[values.get('action') ?? ''];
  if (found !== '1' || done === undefined) return undefined;
  return { what: 'virus', ...done, scl: Number.NaN, reason: MALWARE_FILTER };
}

/** An engine's own line: the name of what it found, and in which file. */
function name(verdict: AgentVerdict, values: ReadonlyMap<string, string>): void {
  const found = values.get('name') ?? '';
  if (values.get('v') !== '1' || found === '' || verdict.reason.includes(found)) return;
  const file = values.get('file') ?? '';
  const text = file === '' ? found : `${found} in ${file}`;
  verdict.reason = verdict.reason === MALWARE_FILTER ? text : `${verdict.reason}, ${text}`;
}

/** What transport rules do that changes or ends the mail; others only mark or report. */
const RULES: Readonly<Record<string, VerdictAction>> = {
  rejectmessage: 'rejected',
  deletemessage: 'discarded',
  quarantine: 'quarantined',
  redirectmessage: 'redirected',
  prependsubject: 'subject-modified',
  applyhtmldisclaimer: 'modified',
  blindcopyto: 'copied',
  copyto: 'copied',
  addtorecipient: 'copied',
};
const ENDS: Readonly<Partial<Record<VerdictAction, Outcome>>> = { discarded: 'discarded', quarantined: 'quarantined' };

function ruleVerdict(values: ReadonlyMap<string, string>): AgentVerdict | undefined {
  const action = RULES[(values.get('action') ?? '').toLowerCase()];
  if (action === undefined) return undefined;
  const reason = `transport rule ${values.get('ruleid') ?? ''}`.trim();
  const isEnforced = (values.get('mode') ?? 'Enforce').toLowerCase() === 'enforce';
  // a rule on trial changes nothing
  if (!isEnforced && action !== 'rejected') return undefined;
  const outcome = (isEnforced ? ENDS[action] : undefined) ?? '';
  return { what: 'policy', action: isEnforced ? action : 'would-reject', outcome, scl: Number.NaN, reason };
}
