import type { PlantedBug } from "./planted_bug.ts";

/** Results that the dead owner committed while the thief looked are lost. */
export const bug: PlantedBug = {
  title: "a segment is seized at a length that was seen before",
  file: "backends/file/segments/segments.ts",
  text: `      } catch (error) {
        if (error instanceof Deno.errors.NotFound) return false;
        throw error;
      }
      advance(shut);`,
  by: `      } catch (error) {
        if (!(error instanceof Deno.errors.NotFound)) throw error;
      }
      advance(shut);`,
};
