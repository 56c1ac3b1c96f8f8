/**
 * What is said where memory was short.
 */
import type { InputProblem, LetGo } from '../model/run.ts';
import { grouped } from '../util/grouped.ts';
import { DEFAULT_MEMORY, sizeText } from '../util/memory.ts';

/** `12 mails and 3 sessions were let go before their end`; undefined where only links are missing. */
export function letGoProblem(letGo: LetGo | undefined, memory = DEFAULT_MEMORY): InputProblem | undefined {
  if (letGo === undefined || letGo.mails + letGo.sessions === 0) return undefined;
  const parts = [
    ...(letGo.mails === 0 ? [] : [count(letGo.mails, 'mail')]),
    ...(letGo.sessions === 0 ? [] : [count(letGo.sessions, 'session')]),
  ];
  const what = `${parts.join(' and ')} let go before the end was read, the ones of which nothing was logged for longest`;
  return {
    where: `memory of ${sizeText(memory)} was short`,
    what: letGo.mails === 0 ? what : `${what}: told as partial, and what came later of them as other messages`,
    help: 'give more with --memory, or read less at once (--since, fewer PATHs)',
  };
}

/** Links that were not looked for. */
export function letGoSentence(letGo: LetGo | undefined): string | undefined {
  if (letGo === undefined || letGo.attempts === 0) return undefined;
  return `${count(letGo.attempts, 'refusal')} for now not tied to what came of a later attempt: too many for the memory (--memory)`;
}

function count(n: number, what: string): string {
  return `${grouped(n)} ${n === 1 ? what : `${what}s`}`;
}
