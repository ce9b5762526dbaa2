// `npm run verify`: the long forms of all tests: full samples, every crash point. Tests read CAUSEWAY_VERIFY.
process.env["CAUSEWAY_VERIFY"] = "1";
await import("./test.ts");
