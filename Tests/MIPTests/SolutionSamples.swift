/// Solution files as the solvers wrote them: glpsol 5.0, CBC 2.10.8, HiGHS 1.16.0 (highspy), SCIP 10 (PySCIPOpt 6.3.0);
/// Gurobi's by its reference manual, for want of a licence.
enum SolutionSamples {
    /// `glpsol --lp model.lp -o FILE`
    static let glpsolTable = #"""
        Problem:
        Rows:       16
        Columns:    8 (8 integer, 8 binary)
        Non-zeros:  30
        Status:     INTEGER OPTIMAL
        Objective:  objective_value = 26214.4 (MINimum)

           No.   Row name        Activity     Lower bound   Upper bound
        ------ ------------    ------------- ------------- -------------
             1 first_o0                    1             1
             2 first_o1                    1             1
             3 first_o2                    1             1
             4 first_o3                    1             1
             5 supply_t4                  -1                           0
             6 store_t4                    0                           0
             7 supply_t5                  -1                           0
             8 store_t5                    0                           0
             9 output_t6                   1             1
            10 output_t7                   1             1
            11 memory_x0                   0                       10000
            12 memory_x1                9728                       10000
            13 memory_x2                   0                       10000
            14 memory_x3                9728                       10000
            15 memory_x4                   0                       10000
            16 memory_x5                   0                       10000

           No. Column name       Activity     Lower bound   Upper bound
        ------ ------------    ------------- ------------- -------------
             1 x0_o2_w64_h64_k43
                            *              0             0             1
             2 x1_o0_2_w64_h64_k8
                            *              1             0             1
             3 x2_o3_w64_h64_k43
                            *              0             0             1
             4 x3_o1_3_w64_h64_k8
                            *              1             0             1
             5 x4_o1_w64_h64_k43
                            *              0             0             1
             6 x5_o0_w64_h64_k43
                            *              0             0             1
             7 stored_t4    *              1             0             1
             8 stored_t5    *              1             0             1

        End of output

        """#

    /// `glpsol --lp model.lp -w FILE`
    static let glpsolNumbers = #"""
        c Problem:
        c Rows:       16
        c Columns:    8
        c Non-zeros:  30
        c Status:     INTEGER OPTIMAL
        c Objective:  objective_value = 26214.4 (MINimum)
        c
        s mip 16 8 o 26214.4
        i 1 1
        i 2 1
        i 3 1
        i 4 1
        i 5 -1
        i 6 0
        i 7 -1
        i 8 0
        i 9 1
        i 10 1
        i 11 0
        i 12 9728
        i 13 0
        i 14 9728
        i 15 0
        i 16 0
        j 1 0
        j 2 1
        j 3 0
        j 4 1
        j 5 0
        j 6 0
        j 7 1
        j 8 1
        e o f

        """#

    /// `cbc model.lp -solve -solu FILE`
    static let cbc = #"""
        Optimal - objective value 26214.40000000
              0 x0_o2_w64_h64_k43                0                    8192
              1 x1_o0_2_w64_h64_k8               1                 13107.2
              2 x2_o3_w64_h64_k43                0                    8192
              3 x3_o1_3_w64_h64_k8               1                 13107.2
              4 x4_o1_w64_h64_k43                0                    8192
              5 x5_o0_w64_h64_k43                0                    8192
              6 stored_t4                        1                       0
              7 stored_t5                        1                       0

        """#

    /// `cbc model.lp -printingOptions all -solve -solu FILE`
    static let cbcAll = #"""
        Optimal - objective value 26214.40000000
              0 first_o0                         1                       0
              1 first_o1                         1                       0
              2 first_o2                         1                       0
              3 first_o3                         1                       0
              4 supply_t4                       -1                       0
              5 store_t4                         0                       0
              6 supply_t5                       -1                       0
              7 store_t5                         0                       0
              8 output_t6                        1                       0
              9 output_t7                        1                       0
             10 memory_x0                        0                       0
             11 memory_x1                     9728                       0
             12 memory_x2                        0                       0
             13 memory_x3                     9728                       0
             14 memory_x4                        0                       0
             15 memory_x5                        0                       0
              0 x0_o2_w64_h64_k43                0                    8192
              1 x1_o0_2_w64_h64_k8               1                 13107.2
              2 x2_o3_w64_h64_k43                0                    8192
              3 x3_o1_3_w64_h64_k8               1                 13107.2
              4 x4_o1_w64_h64_k43                0                    8192
              5 x5_o0_w64_h64_k43                0                    8192
              6 stored_t4                        1                       0
              7 stored_t5                        1                       0

        """#

    /// HiGHS, style 0.
    static let highs = #"""
        Model status
        Optimal

        # Primal solution values
        Feasible
        Objective 26214.4
        Objective_bound 26214.4
        MIP_rel_gap 0
        # Columns 8
        x0_o2_w64_h64_k43 0
        x1_o0_2_w64_h64_k8 1
        x2_o3_w64_h64_k43 0
        x3_o1_3_w64_h64_k8 1
        x4_o1_w64_h64_k43 0
        x5_o0_w64_h64_k43 0
        stored_t4 1
        stored_t5 1
        # Rows 16
        first_o0 1
        first_o1 1
        first_o2 1
        first_o3 1
        supply_t4 -1
        store_t4 0
        supply_t5 -1
        store_t5 0
        output_t6 1
        output_t7 1
        memory_x0 0
        memory_x1 9728
        memory_x2 0
        memory_x3 9728
        memory_x4 0
        memory_x5 0

        # Dual solution values
        None

        # Basis
        HiGHS_basis_file v2
        None

        """#

    /// HiGHS, style 1.
    static let highsTable = #"""
        Columns
            Index Status        Lower        Upper       Primal         Dual  Type        Name
                0                   0            1           -0               Integer     x0_o2_w64_h64_k43
                1                   0            1            1               Integer     x1_o0_2_w64_h64_k8
                2                   0            1           -0               Integer     x2_o3_w64_h64_k43
                3                   0            1            1               Integer     x3_o1_3_w64_h64_k8
                4                   0            1            0               Integer     x4_o1_w64_h64_k43
                5                   0            1            0               Integer     x5_o0_w64_h64_k43
                6                   0            1            1               Integer     stored_t4
                7                   0            1            1               Integer     stored_t5
        Rows
            Index Status        Lower        Upper       Primal         Dual  Name
                0                   1          inf            1               first_o0
                1                   1          inf            1               first_o1
                2                   1          inf            1               first_o2
                3                   1          inf            1               first_o3
                4                -inf            0           -1               supply_t4
                5                -inf            0            0               store_t4
                6                -inf            0           -1               supply_t5
                7                -inf            0            0               store_t5
                8                   1          inf            1               output_t6
                9                   1          inf            1               output_t7
               10                -inf        10000            0               memory_x0
               11                -inf        10000         9728               memory_x1
               12                -inf        10000            0               memory_x2
               13                -inf        10000         9728               memory_x3
               14                -inf        10000            0               memory_x4
               15                -inf        10000            0               memory_x5

        Model status: Optimal

        Objective value: 26214.4
        Objective bound: 26214.4
        MIP rel gap: 0%

        """#

    /// SCIP.
    static let scip = #"""
        objective value:                              26214.4
        x1_o0_2_w64_h64_k8                                  1 	(obj:13107.2)
        x3_o1_3_w64_h64_k8                                  1 	(obj:13107.2)
        stored_t4                                           1 	(obj:0)
        stored_t5                                           1 	(obj:0)

        """#

    /// Gurobi.
    static let gurobi = #"""
        # Solution for model obj
        # Objective value = 26214.4
        x0_o2_w64_h64_k43 0
        x1_o0_2_w64_h64_k8 1
        x2_o3_w64_h64_k43 0
        x3_o1_3_w64_h64_k8 1
        x4_o1_w64_h64_k43 0
        x5_o0_w64_h64_k43 0
        stored_t4 1
        stored_t5 1

        """#

    /// CBC, of an infeasible model; the line with `**` is out of bounds.
    static let cbcInfeasible = #"""
        Infeasible - objective value 3.00000000
              0 a                      3                       1
              0 x                      1                       0
        **       1 y                      2                       0

        """#

    /// CBC, stopped before it had an integral point.
    static let cbcStopped = #"""
        Stopped on time (no integer solution - continuous used) - objective value 26214.40000000
              0 x0_o2_w64_h64_k43                0                       0
              1 x1_o0_2_w64_h64_k8               1                       0
              2 x2_o3_w64_h64_k43                0                  3276.8
              3 x3_o1_3_w64_h64_k8               1                       0
              4 x4_o1_w64_h64_k43                0                       0
              5 x5_o0_w64_h64_k43                0                  3276.8
              6 stored_t4                      0.5                       0
              7 stored_t5                      0.5                       0

        """#

    /// glpsol, of an infeasible model.
    static let glpsolInfeasible = #"""
        Problem:
        Rows:       1
        Columns:    2 (2 integer, 2 binary)
        Non-zeros:  2
        Status:     INTEGER EMPTY
        Objective:  obj = 0 (MINimum)

           No.   Row name        Activity     Lower bound   Upper bound
        ------ ------------    ------------- ------------- -------------
             1 a                           0             3

           No. Column name       Activity     Lower bound   Upper bound
        ------ ------------    ------------- ------------- -------------
             1 x            *              0             0             1
             2 y            *              0             0             1

        End of output

        """#

    /// glpsol, of an infeasible model.
    static let glpsolNumbersInfeasible = #"""
        c Problem:
        c Rows:       1
        c Columns:    2
        c Non-zeros:  2
        c Status:     INTEGER EMPTY
        c Objective:  obj = 0 (MINimum)
        c
        s mip 1 2 n 0
        i 1 0
        j 1 0
        j 2 0
        e o f

        """#

    /// HiGHS, of an infeasible model.
    static let highsInfeasible = #"""
        Model status
        Infeasible

        # Primal solution values
        None

        # Dual solution values
        None

        # Basis
        HiGHS_basis_file v2
        None

        """#

    /// HiGHS, style 1, of an infeasible model.
    static let highsTableInfeasible = #"""
        Columns
            Index Status        Lower        Upper       Primal         Dual  Type        Name
                0                   0            1                            Integer     x
                1                   0            1                            Integer     y
        Rows
            Index Status        Lower        Upper       Primal         Dual  Name
                0                   3          inf                            a

        Model status: Infeasible

        Objective value: inf

        """#

    /// SCIP, of an infeasible model.
    static let scipInfeasible = #"""
        solution status: infeasible
        no solution available

        """#

    /// glpsol, of a linear program with a name longer than its column.
    static let glpsolLinear = #"""
        Problem:
        Rows:       2
        Columns:    3
        Non-zeros:  6
        Status:     OPTIMAL
        Objective:  obj = 21.2 (MINimum)

           No.   Row name   St   Activity     Lower bound   Upper bound    Marginal
        ------ ------------ -- ------------- ------------- ------------- -------------
             1 a            NL            10            10                         1.8
             2 b            NL             8             8                         0.4

           No. Column name  St   Activity     Lower bound   Upper bound    Marginal
        ------ ------------ -- ------------- ------------- ------------- -------------
             1 x0           B            4.4             0             8
             2 x1_a_rather_long_name
                            B            1.2             0             8
             3 x2           NL             0             0             8           7.8

        End of output

        """#

    /// glpsol, of a linear program.
    static let glpsolNumbersLinear = #"""
        c Problem:
        c Rows:       2
        c Columns:    3
        c Non-zeros:  6
        c Status:     OPTIMAL
        c Objective:  obj = 21.2 (MINimum)
        c
        s bas 2 3 f f 21.2
        i 1 l 10 1.8
        i 2 l 8 0.4
        j 1 b 4.4 0
        j 2 b 1.2 0
        j 3 l 0 7.8
        e o f

        """#

    /// CBC with rows, of a linear program.
    static let cbcLinear = #"""
        Optimal - objective value 21.20000000
              0 a                                  10                     1.8
              1 b                                   8                     0.4
              0 x0                                4.4                       0
              1 x1_a_rather_long_name             1.2                       0
              2 x2                                  0                     7.8

        """#

    /// HiGHS, of a linear program.
    static let highsLinear = #"""
        Model status
        Optimal

        # Primal solution values
        Feasible
        Objective 21.2
        # Columns 3
        x0 4.4
        x1_a_rather_long_name 1.2
        x2 0
        # Rows 2
        a 10
        b 8

        # Dual solution values
        Feasible
        # Columns 3
        x0 0
        x1_a_rather_long_name 0
        x2 7.8
        # Rows 2
        a 1.8
        b 0.4

        # Basis
        HiGHS_basis_file v2
        Valid
        # Columns 3
        x0 1
        x1_a_rather_long_name 1
        x2 0
        # Rows 2
        a 0
        b 0

        """#
}
