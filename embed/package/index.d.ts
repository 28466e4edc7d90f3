import type { HousingComplaintApi } from './types.js';

export * from './types.js';

/** The version of this package and of the files in its `dist/` folder. */
export declare const version: string;

/** The Subresource Integrity value of `dist/housing-complaint.js`. */
export declare const integrity: string;

/**
 * Puts the script tag into the page, once, and waits until `<housing-complaint>` is known.
 *
 * @param base The address of the folder where the files of the package's `dist/` are: the script
 * fetches the others from there. The script has to be the one of this package.
 * @returns What the script puts at `window.HousingComplaint`.
 */
export declare function load(base: string | URL): Promise<HousingComplaintApi>;
