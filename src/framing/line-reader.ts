/**
 * What the container readers hand an unwrapped line to.
 */
import type { Frame } from '../model/frame.ts';
import type { Instant } from '../model/message.ts';

/**
 * `line`: the frame is filled (also with framing 'none': a continuation of the line before).
 * `hold`: a piece of a line that goes on in a later one; its bytes are kept here, the frame is not to be used.
 * `skip`: noise.
 */
export type FrameResult = 'line' | 'hold' | 'skip';

export interface LineReader {
  /**
   * Frames the text b[p, end) that a container held. `outer`: the instant the container told, NaN where it told none;
   * `host`: of a line that names none.
   */
  unwrapped(b: Buffer, p: number, end: number, frame: Frame, outer: Instant, host?: string): FrameResult;
  /** Takes the text of a journal entry; host, program and pid are filled in already. */
  journal(b: Buffer, p: number, end: number, frame: Frame, at: Instant): FrameResult;
  /** Takes a text for what a daemon wrote; host, program and pid are filled in already. */
  entry(b: Buffer, p: number, end: number, frame: Frame, at: Instant): FrameResult;
  hostName(b: Buffer, p: number, end: number): string;
  programName(b: Buffer, p: number, end: number): string;
  none(reason: string, frame: Frame): FrameResult;
  skip(reason: string): FrameResult;
}
