// Before Dexie is first imported: it looks for IndexedDB once.
import "fake-indexeddb/auto";
