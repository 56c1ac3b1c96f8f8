/** What the lines of a stripe decide (timeline.ts), as one thread tells another. */
import type { Place } from './places.ts';

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
