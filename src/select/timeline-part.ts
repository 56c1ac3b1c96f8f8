/** What the lines of a stripe decide (timeline.ts), as one thread tells another. */
import type { Frame } from '../model/frame.ts';
import type { Place } from './places.ts';

/** Of a framer. */
export interface Looker {
  frame(bytes: Buffer, start: number, end: number, frame: Frame): string;
}

/** What a stripe's lines say, all of which have stamps; line numbers count from 1 at its first line. */
export interface TimelinePart {
  readonly anchors: readonly Place[];
  readonly last: Place;
  readonly hosts: readonly string[];
  readonly hasNoZone: boolean;
  readonly zone: string;
  readonly isBsd: boolean | undefined;
  readonly isUnsure: boolean;
  readonly hasZones: boolean;
}
