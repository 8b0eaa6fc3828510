/**
 * Copies of the key store that lie off the machine end after so many days, and only then is a destroyed key gone for good.
 * One number for both: `backup/` removes older copies, and no record of destruction names an earlier final date.
 */
export const keyCopyDays = 14
