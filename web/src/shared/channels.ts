/** Ways a contact comes in, most frequent first; their words are in `channel.*`. */
export const CHANNELS = [
  'call', 'visit', 'chat', 'portal', 'email', 'letter', 'box', 'control-room', 'repair-staff', 'security-staff', 'cleaning-staff', 'patrol',
  'import', 'other',
] as const
