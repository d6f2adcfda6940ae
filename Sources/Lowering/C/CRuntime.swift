/// The part of a generated file that is the same for every problem.
enum CRuntime {
    /// What keeps count of fast memory: buffers may not overlap, and what a buffer held before it
    /// began or after it ended is not a number, so that whoever reads it shows.
    static let memory = """
        static float *fast;           /* fast memory */
        static unsigned char *taken;  /* for each element of it, whether a buffer holds it */
        static idx loaded, evicted, in_use, peak;

        static float *slow[TENSORS];      /* slow memory: an array for each tensor */
        static float *expected[TENSORS];  /* what the naive evaluation finds */

        static void fail(const char *message) {
            fprintf(stderr, "%s\\n", message);
            exit(2);
        }

        static void forget(float *at, idx n) {
            for (idx i = 0; i < n; i++) at[i] = NAN;
        }

        static float *buffer(idx n) {
            float *new = malloc((size_t)n * sizeof *new);
            if (new == NULL) fail("out of memory");
            forget(new, n);
            return new;
        }

        /* Makes n elements of fast memory a buffer. */
        static void claim(idx at, idx n) {
            if (at < 0 || n > CAPACITY - at) fail("a buffer ends outside fast memory");
            for (idx i = at; i < at + n; i++) {
                if (taken[i]) fail("two buffers overlap");
                taken[i] = 1;
            }
            forget(fast + at, n);
            in_use += n;
            if (in_use > peak) peak = in_use;
        }

        /* Ends a buffer; nothing can be read from it any more. */
        static void release(idx at, idx n) {
            for (idx i = at; i < at + n; i++) {
                if (!taken[i]) fail("what is released is no buffer");
                taken[i] = 0;
            }
            forget(fast + at, n);
            in_use -= n;
        }

        struct slice {
            int tensor;
            enum { LHS, RHS, MAP, FULL } role;
            idx r0, r1, c0, c1;  /* rows and columns */
            idx at;              /* where it is in fast memory */
        };

        static struct slice held[SLICES + 1];
        static int held_count;

        static idx size_of(const struct slice *s) { return (s->r1 - s->r0) * (s->c1 - s->c0); }

        static int find(const struct slice *list, int count, const struct slice *s) {
            for (int n = 0; n < count; n++) {
                const struct slice *o = &list[n];
                if (o->tensor == s->tensor && o->role == s->role && o->r0 == s->r0 && o->r1 == s->r1
                    && o->c0 == s->c0 && o->c1 == s->c1) return n;
            }
            return -1;
        }

        static void load(const struct slice *s) {
            const idx width = s->c1 - s->c0;
            claim(s->at, size_of(s));
            for (idx r = s->r0; r < s->r1; r++) {
                memcpy(fast + s->at + (r - s->r0) * width, slow[s->tensor] + r * columns_of[s->tensor] + s->c0,
                       (size_t)width * sizeof *fast);
            }
            loaded += size_of(s);
        }

        /* Drops the slices that the iteration does not want and loads those that the one before did not hold. */
        static void hold(const struct slice *wanted, int count) {
            int kept = 0;
            for (int n = 0; n < held_count; n++) {
                if (find(wanted, count, &held[n]) >= 0) held[kept++] = held[n];
                else release(held[n].at, size_of(&held[n]));
            }
            held_count = kept;
            for (int n = 0; n < count; n++) {
                const int known = find(held, held_count, &wanted[n]);
                if (known >= 0) {
                    if (held[known].at != wanted[n].at) fail("a slice moved");
                    continue;
                }
                load(&wanted[n]);
                held[held_count++] = wanted[n];
            }
        }

        /* Moves a tile from fast to slow memory. */
        static void evict(int tensor, idx at, idx r0, idx r1, idx c0, idx c1) {
            for (idx r = r0; r < r1; r++) {
                memcpy(slow[tensor] + r * columns_of[tensor] + c0, fast + at + (r - r0) * (c1 - c0),
                       (size_t)(c1 - c0) * sizeof *fast);
            }
            evicted += (r1 - r0) * (c1 - c0);
            release(at, (r1 - r0) * (c1 - c0));
        }

        static idx least(idx a, idx b) { return a < b ? a : b; }

        /* The ranges of one iteration: rows and columns of the tile, and the reduction of the k-step. */
        struct ranges {
            idx r0, r1, c0, c1, k0, k1;
        };


        """

    /// Inputs, comparison and `main`.
    static let main = """
        /* Evenly spread over [-scale, scale]. */
        static void fill(float *at, idx n, double scale, unsigned long long *seed) {
            for (idx i = 0; i < n; i++) {
                *seed = *seed * 6364136223846793005ULL + 1442695040888963407ULL;
                at[i] = (float)(scale * ((double)(*seed >> 11) / 4503599627370496.0 - 1.0));
            }
        }

        /* The largest difference between two tensors, as a fraction of the largest element. */
        static double relative_error(const float *found, const float *wanted, idx n) {
            double largest = 0, difference = 0;
            for (idx i = 0; i < n; i++) {
                largest = fmax(largest, fabs((double)wanted[i]));
                if (!isfinite(found[i]) || !isfinite(wanted[i])) return 1e30;
                difference = fmax(difference, fabs((double)found[i] - (double)wanted[i]));
            }
            return difference == 0 ? 0 : largest == 0 ? 1e30 : difference / largest;
        }

        int main(int argc, char **argv) {
            unsigned long long seed = argc > 1 ? strtoull(argv[1], NULL, 10) : 1;
            double error = 0;
            fast = malloc((size_t)CAPACITY * sizeof *fast);
            taken = calloc((size_t)CAPACITY, 1);
            if (fast == NULL || taken == NULL) fail("out of memory");
            for (int t = 0; t < TENSORS; t++) {
                if (kind_of[t] == UNUSED) continue;
                slow[t] = buffer(rows_of[t] * columns_of[t]);
                if (kind_of[t] == INPUT) fill(slow[t], rows_of[t] * columns_of[t], scale_of[t], &seed);
                expected[t] = kind_of[t] == INPUT ? slow[t] : buffer(rows_of[t] * columns_of[t]);
            }
            naive();
            run();
            for (int t = 0; t < TENSORS; t++) {
                if (kind_of[t] == EVICTED) {
                    error = fmax(error, relative_error(slow[t], expected[t], rows_of[t] * columns_of[t]));
                }
            }
            printf("{\\"loaded\\": %lld, \\"evicted\\": %lld, \\"peak\\": %lld, \\"max_relative_error\\": %.3g}\\n",
                   loaded, evicted, peak, error);
            for (int t = 0; t < TENSORS; t++) {
                if (expected[t] != slow[t]) free(expected[t]);
                free(slow[t]);
            }
            free(taken);
            free(fast);
            return error <= 1e-3 ? 0 : 1;
        }

        """
}
