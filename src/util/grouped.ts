/** `1234567` -> `1,234,567`: toLocaleString() would start ICU, which takes as long as all else of a small run. */
export function grouped(count: number): string {
  return String(count).replaceAll(/\B(?=(?:\d{3})+$)/g, ',');
}
