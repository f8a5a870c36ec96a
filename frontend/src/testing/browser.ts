// What the browser has and Node has not.
import "fake-indexeddb/auto";
