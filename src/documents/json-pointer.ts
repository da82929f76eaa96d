/** One step of a JSON pointer, escaped (RFC 6901, section 3). */
export function pointerTo(member: string): string {
  return `/${member.replaceAll('~', '~0').replaceAll('/', '~1')}`;
}
