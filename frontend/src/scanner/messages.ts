// What the tablet's page and the reader of codes say to each other, and which codes are read: those of wristbands,
// tubes and papers.

export const FORMATS = ["code_128", "qr_code", "data_matrix", "aztec", "code_39", "ean_13", "ean_8", "itf"] as const;

/** The reader's answer to a picture: what the codes in it say. Null: it cannot read at all. */
export type Sighting = readonly string[] | null;
