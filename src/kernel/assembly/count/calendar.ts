/** Months, as stamps name and count them. */
import { type i32, ld8 } from './memory.ts';

/** Days of a year of 365 before the month; months from 0. */
export function daysBefore(month: i32): i32 {
  // 0 31 59 90 120 151 181 212 243 273 304 334
  let days = month * 31;
  if (month > 1) days -= 3;
  if (month > 3) days--;
  if (month > 5) days--;
  if (month > 8) days--;
  if (month > 10) days--;
  return days;
}

/** The month of the three letters at p, from 0; -1 = none. */
export function monthAt(p: i32): i32 {
  const names = 'JanFebMarAprMayJunJulAugSepOctNovDec';
  for (let m = 0; m < 12; m++)
    if (
      ld8(p) === names.charCodeAt(m * 3) &&
      ld8(p + 1) === names.charCodeAt(m * 3 + 1) &&
      ld8(p + 2) === names.charCodeAt(m * 3 + 2)
    )
      return m;
  return -1;
}
