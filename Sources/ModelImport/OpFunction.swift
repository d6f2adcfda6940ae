/// The names of functions that imported ops carry (RULES 1, `op_functions`).
///
/// A map applies its function to one element of each input. An op without a function sums products.
enum OpFunction {
    /// Functions of a reduction over one input.
    struct Reduction {
        /// The map that a reduction over one element is; nil for none.
        var element: String?
        /// What a part of the reduction computes when the reduced index is computed in parts.
        let partial: String
        /// The map that joins the parts.
        let combine: String
        /// Applied at the end to the joined parts.
        var finish = Finish.none
    }

    /// What is left to do when all parts are joined.
    enum Finish {
        case none
        case divideByLength
        case map(String)
    }

    /// How reductions split into parts, by name.
    static let reductions: [String: Reduction] = [
        "sum": Reduction(partial: "sum", combine: "add"),
        "max": Reduction(partial: "max", combine: "max"),
        "min": Reduction(partial: "min", combine: "min"),
        "product": Reduction(partial: "product", combine: "mul"),
        "mean": Reduction(partial: "sum", combine: "add", finish: .divideByLength),
        "sum_square": Reduction(element: "square", partial: "sum_square", combine: "add"),
        "mean_square": Reduction(
            element: "square", partial: "sum_square", combine: "add", finish: .divideByLength),
        "norm1": Reduction(element: "abs", partial: "norm1", combine: "add"),
        "norm2": Reduction(element: "square", partial: "sum_square", combine: "add", finish: .map("sqrt")),
        "sum_exp": Reduction(element: "exp", partial: "sum_exp", combine: "add"),
        "log_sum_exp": Reduction(element: "exp", partial: "sum_exp", combine: "add", finish: .map("log")),
        "log_sum": Reduction(partial: "sum", combine: "add", finish: .map("log")),
    ]
}
