"""Schedulers: timesteps and trajectories of a fixed model through each scheduler of diffusers.

The model is a smooth function of sample and timestep, the same on both sides; the start
is torch's noise. Fixtures: Tests/Fixtures/Schedulers/<class>.json with one entry a case, and
BetaDistribution.json with quantiles by scipy.
"""

import inspect
import json
import warnings
from importlib.metadata import version

import diffusers
import scipy.stats
import torch

from fixture_io import FIXTURES
from scheduler_noise import rounded_once, seeded

SD1 = {
    "beta_start": 0.00085,
    "beta_end": 0.012,
    "beta_schedule": "scaled_linear",
    "num_train_timesteps": 1000,
    "steps_offset": 1,
}
SHAPE = (1, 4, 2, 3)
SEED = 7

STEPS = [1, 2, 4, 10, 25]
FEW = [2, 10]
V = {"prediction_type": "v_prediction"}
X0 = {"prediction_type": "sample"}
ZERO_SNR = {**V, "rescale_betas_zero_snr": True}
SIGMA_MIN = {"final_sigmas_type": "sigma_min"}
THRESHOLD = {"thresholding": True, "dynamic_thresholding_ratio": 0.8, "sample_max_value": 1.5}
LEADING, TRAILING, LINSPACE = ({"timestep_spacing": name} for name in ("leading", "trailing", "linspace"))
KARRAS, EXPONENTIAL, BETA = ({f"use_{name}_sigmas": True} for name in ("karras", "exponential", "beta"))
RANGE = {"sigma_min": 0.05, "sigma_max": 12.0}
UNCLIPPED = {"clip_sample": False}

# The spacings of the classes that step through noise levels.
SPACINGS = [
    ("karras", {**SD1, **KARRAS}, STEPS),
    ("karras range", {**SD1, **KARRAS, **RANGE}, [10]),
    ("exponential", {**SD1, **EXPONENTIAL}, [1, 4, 25]),
    ("exponential range", {**SD1, **EXPONENTIAL, **RANGE}, [10]),
    ("beta", {**SD1, **BETA}, [1, 4, 25]),
    ("beta range", {**SD1, **BETA, **RANGE}, [10]),
]

# class name: [(what, fields, step counts[, arguments of a step])]
CASES = {
    "DDIMScheduler": [
        ("sd1", {**SD1, **UNCLIPPED, "set_alpha_to_one": False}, STEPS + [50]),
        ("defaults", {}, STEPS),
        ("v", {**SD1, **V, **UNCLIPPED, "set_alpha_to_one": False}, STEPS),
        ("sample", {**SD1, **X0, **UNCLIPPED}, [20]),
        ("clipped", {**SD1, "clip_sample": True, "clip_sample_range": 0.7}, [20]),
        ("thresholding", {**SD1, **THRESHOLD}, FEW),
        ("trailing zero snr", {**SD1, **ZERO_SNR, **TRAILING, **UNCLIPPED}, STEPS),
        ("linspace", {**SD1, **LINSPACE, **UNCLIPPED}, STEPS),
        ("cosine", {**SD1, **V, "beta_schedule": "squaredcos_cap_v2", **UNCLIPPED}, [5, 20]),
        ("trained betas", {"trained_betas": [0.001 + 0.0002 * i for i in range(100)], "num_train_timesteps": 100,
                           **UNCLIPPED}, [7]),
        ("trailing uneven", {**SD1, **TRAILING, **UNCLIPPED}, [3, 7, 30]),
        ("eta 0.3", {**SD1, **UNCLIPPED}, STEPS, {"eta": 0.3}),
        ("eta 1 v", {**SD1, **V, **UNCLIPPED, "set_alpha_to_one": False}, FEW, {"eta": 1.0}),
    ],
    "PNDMScheduler": [
        ("sd1", {**SD1, "skip_prk_steps": True, "set_alpha_to_one": False}, STEPS + [3, 5, 50]),
        ("v", {**SD1, **V, "skip_prk_steps": True, "set_alpha_to_one": True}, STEPS),
        ("runge-kutta", {**SD1}, [4, 5, 10, 25]),
        ("runge-kutta v", {**SD1, **V}, [20]),
        ("trailing", {**SD1, "skip_prk_steps": True, **TRAILING}, [2, 7, 20]),
        ("linspace", {**SD1, "skip_prk_steps": True, **LINSPACE}, [2, 7, 20]),
        ("linear betas", {"skip_prk_steps": True}, [20]),
    ],
    "EulerDiscreteScheduler": [
        ("sd1", {**SD1}, STEPS + [50]),
        ("leading", {**SD1, **LEADING}, STEPS),
        ("v", {**SD1, **V, **LEADING}, STEPS),
        ("sample", {**SD1, **X0}, [20]),
        # Starts at sigma = 4096: over fewer steps the reference's own rounding exceeds the tolerance.
        ("trailing zero snr", {**SD1, **ZERO_SNR, **TRAILING}, [20, 50]),
        ("final sigma_min", {**SD1, **SIGMA_MIN}, [20]),
        *SPACINGS,
    ],
    "EulerAncestralDiscreteScheduler": [
        ("sd1", {**SD1}, STEPS + [50]),
        ("leading v", {**SD1, **V, **LEADING}, STEPS),
        ("trailing zero snr", {**SD1, **ZERO_SNR, **TRAILING}, [5, 20]),
    ],
    "HeunDiscreteScheduler": [
        ("sd1", {**SD1}, STEPS),
        ("defaults", {}, FEW),
        ("leading v", {**SD1, **V, **LEADING}, STEPS),
        ("trailing sample", {**SD1, **X0, **TRAILING}, STEPS),
        # A slope at the end of a long step magnifies rounding: two steps exceed the tolerance.
        ("clipped", {**SD1, "clip_sample": True, "clip_sample_range": 0.7}, [4, 10]),
        ("exponential betas", {"beta_schedule": "exp"}, [10]),
        *SPACINGS,
    ],
    "LMSDiscreteScheduler": [
        ("sd1", {**SD1}, STEPS),
        ("defaults", {}, FEW),
        ("leading v", {**SD1, **V, **LEADING}, STEPS),
        ("trailing sample", {**SD1, **X0, **TRAILING}, STEPS),
        *SPACINGS,
    ],
    "KDPM2DiscreteScheduler": [
        ("sd1", {**SD1}, STEPS),
        ("defaults", {}, FEW),
        ("leading v", {**SD1, **V, **LEADING}, STEPS),
        ("trailing", {**SD1, **TRAILING}, STEPS),
        *SPACINGS,
    ],
    "KDPM2AncestralDiscreteScheduler": [
        ("sd1", {**SD1}, STEPS),
        ("leading v", {**SD1, **V, **LEADING}, STEPS),
        ("trailing", {**SD1, **TRAILING}, FEW),
        ("karras", {**SD1, **KARRAS}, STEPS),
        ("exponential", {**SD1, **EXPONENTIAL}, FEW),
        ("beta", {**SD1, **BETA}, FEW),
    ],
    "DPMSolverMultistepScheduler": [
        ("sd1", {**SD1}, STEPS + [50]),
        ("leading", {**SD1, **LEADING}, STEPS),
        ("trailing", {**SD1, **TRAILING}, STEPS),
        ("v", {**SD1, **V}, STEPS),
        ("sample", {**SD1, **X0}, [20]),
        ("karras v", {**SD1, **V, **KARRAS}, [20]),
        ("zero snr", {**SD1, **ZERO_SNR, **TRAILING}, [5, 20]),
        ("order 1", {**SD1, "solver_order": 1}, [5, 20]),
        ("order 3", {**SD1, "solver_order": 3}, STEPS),
        ("order 3 final sigma_min", {**SD1, "solver_order": 3, **SIGMA_MIN}, [5, 20]),
        ("heun", {**SD1, "solver_type": "heun"}, [5, 20]),
        ("not lower order final", {**SD1, "lower_order_final": False, **SIGMA_MIN}, [5]),
        ("euler at final", {**SD1, "euler_at_final": True, **SIGMA_MIN}, [20]),
        ("noise", {**SD1, "algorithm_type": "dpmsolver", **SIGMA_MIN}, [5, 20]),
        ("noise heun v", {**SD1, **V, "algorithm_type": "dpmsolver", **SIGMA_MIN, "solver_type": "heun"}, [20]),
        ("noise order 3", {**SD1, "algorithm_type": "dpmsolver", **SIGMA_MIN, "solver_order": 3}, [20]),
        ("noise thresholding", {**SD1, "algorithm_type": "dpmsolver", **SIGMA_MIN, **THRESHOLD}, [10]),
        ("sde", {**SD1, "algorithm_type": "sde-dpmsolver++"}, STEPS),
        ("sde leading v", {**SD1, **V, **LEADING, "algorithm_type": "sde-dpmsolver++"}, FEW),
        ("sde trailing sample", {**SD1, **X0, **TRAILING, "algorithm_type": "sde-dpmsolver++"}, FEW),
        ("sde karras", {**SD1, **KARRAS, "algorithm_type": "sde-dpmsolver++"}, FEW),
        ("sde heun", {**SD1, "algorithm_type": "sde-dpmsolver++", "solver_type": "heun"}, [20]),
        ("sde noise", {**SD1, "algorithm_type": "sde-dpmsolver", **SIGMA_MIN}, [20]),
        ("sde noise heun", {**SD1, "algorithm_type": "sde-dpmsolver", **SIGMA_MIN, "solver_type": "heun"}, [20]),
        ("lu", {**SD1, "use_lu_lambdas": True}, [20]),
        ("lu range", {**SD1, "use_lu_lambdas": True, **RANGE}, [10]),
        ("cosine clipped", {"beta_schedule": "squaredcos_cap_v2", "lambda_min_clipped": -5.1}, [5, 20]),
        ("foreign names", {**SD1, "algorithm_type": "deis", "solver_type": "bh2", **SIGMA_MIN}, [5]),
        ("thresholding", {**SD1, **THRESHOLD}, FEW),
        *SPACINGS,
    ],
    "DPMSolverSinglestepScheduler": [
        ("sd1", {**SD1}, STEPS),
        ("v", {**SD1, **V}, STEPS),
        ("sample", {**SD1, **X0}, FEW),
        ("order 1", {**SD1, "solver_order": 1}, FEW),
        ("order 3", {**SD1, "solver_order": 3}, [1, 2, 3, 4, 5, 25]),
        ("order 3 heun", {**SD1, "solver_order": 3, "solver_type": "heun", **SIGMA_MIN}, [3, 4, 25]),
        ("heun", {**SD1, "solver_type": "heun"}, [10]),
        ("final sigma_min", {**SD1, **SIGMA_MIN}, [4, 5]),
        ("lower order final", {**SD1, **SIGMA_MIN, "lower_order_final": True}, [4, 5]),
        ("noise", {**SD1, "algorithm_type": "dpmsolver", **SIGMA_MIN}, FEW),
        ("noise order 3", {**SD1, "algorithm_type": "dpmsolver", **SIGMA_MIN, "solver_order": 3}, [9]),
        ("noise order 3 heun v", {**SD1, **V, "algorithm_type": "dpmsolver", **SIGMA_MIN, "solver_order": 3,
                                  "solver_type": "heun"}, [9]),
        ("sde", {**SD1, "algorithm_type": "sde-dpmsolver++"}, STEPS),
        ("sde heun", {**SD1, "algorithm_type": "sde-dpmsolver++", "solver_type": "heun"}, [10]),
        ("thresholding", {**SD1, **THRESHOLD}, FEW),
        ("cosine clipped", {"beta_schedule": "squaredcos_cap_v2", "lambda_min_clipped": -5.1}, [5]),
        *SPACINGS,
    ],
    # With the trajectory's seed for its noise, where the configuration names no other.
    "DPMSolverSDEScheduler": [
        ("sd1", {**SD1}, STEPS),
        ("defaults", {}, FEW),
        ("v", {**SD1, **V}, STEPS),
        ("leading", {**SD1, **LEADING}, STEPS),
        ("leading v", {**SD1, **V, **LEADING}, FEW),
        ("trailing", {**SD1, **TRAILING}, [1, 2, 4, 10, 24]),
        ("cosine", {"beta_schedule": "squaredcos_cap_v2"}, [10]),
        ("seed", {**SD1, "noise_sampler_seed": 123456789}, FEW),
        ("seed of two words", {**SD1, **KARRAS, "noise_sampler_seed": 2**40 + 3}, [4]),
        *SPACINGS,
        ("karras leading v", {**SD1, **V, **KARRAS, **LEADING}, FEW),
        ("exponential trailing", {**SD1, **EXPONENTIAL, **TRAILING}, FEW),
        ("beta leading", {**SD1, **BETA, **LEADING}, FEW),
    ],
    "UniPCMultistepScheduler": [
        ("sd1", {**SD1}, STEPS),
        ("leading v", {**SD1, **V, **LEADING}, STEPS),
        ("trailing sample", {**SD1, **X0, **TRAILING}, STEPS),
        ("zero snr", {**SD1, **ZERO_SNR, **TRAILING}, [4, 25]),
        ("order 1", {**SD1, "solver_order": 1}, FEW),
        ("order 3", {**SD1, "solver_order": 3}, STEPS),
        ("order 3 bh1", {**SD1, "solver_order": 3, "solver_type": "bh1", **SIGMA_MIN}, FEW),
        ("bh1", {**SD1, "solver_type": "bh1", **SIGMA_MIN}, STEPS),
        ("noise", {**SD1, "predict_x0": False, **SIGMA_MIN}, STEPS),
        ("noise order 3 v", {**SD1, **V, "predict_x0": False, **SIGMA_MIN, "solver_order": 3}, [10]),
        ("noise sample", {**SD1, **X0, "predict_x0": False, **SIGMA_MIN}, [10]),
        ("not lower order final", {**SD1, "lower_order_final": False, **SIGMA_MIN}, FEW),
        ("uncorrected", {**SD1, "disable_corrector": [0, 2]}, [4]),
        ("foreign names", {**SD1, "solver_type": "midpoint"}, [4]),
        ("karras final sigma_min", {**SD1, **KARRAS, **SIGMA_MIN, **RANGE}, [10]),
        ("thresholding", {**SD1, **THRESHOLD}, FEW),
        *SPACINGS,
    ],
    # The reference's coefficients of order 3 are differences in single precision: where neighbouring levels lie close,
    # as 50 steps or the ends of beta's spacing have them, its own rounding exceeds the tolerance.
    "DEISMultistepScheduler": [
        ("sd1", {**SD1}, STEPS),
        ("defaults", {}, FEW),
        ("leading v", {**SD1, **V, **LEADING}, STEPS),
        ("trailing sample", {**SD1, **X0, **TRAILING}, STEPS),
        # Down to the first training timestep, whose level is also that after the last step.
        ("every timestep", {"num_train_timesteps": 20, **TRAILING}, [20]),
        ("order 1", {**SD1, "solver_order": 1}, FEW),
        ("order 3", {**SD1, "solver_order": 3}, [*STEPS, 14, 15]),
        ("order 3 v", {**SD1, **V, "solver_order": 3}, [4]),
        ("order 3 karras", {**SD1, **KARRAS, "solver_order": 3}, [4, 25]),
        ("not lower order final", {**SD1, "solver_order": 3, "lower_order_final": False}, FEW),
        ("cosine", {"beta_schedule": "squaredcos_cap_v2"}, [5, 20]),
        ("foreign names", {**SD1, "algorithm_type": "dpmsolver++", "solver_type": "bh2"}, [4]),
        ("zero snr has no effect", {**SD1, **ZERO_SNR, **SIGMA_MIN, **TRAILING}, [4]),
        ("thresholding", {**SD1, **THRESHOLD}, FEW),
        *SPACINGS,
    ],
    "DDPMScheduler": [
        ("sd1", {**SD1, **UNCLIPPED}, STEPS),
        ("defaults", {}, FEW),
        ("v linspace", {**SD1, **V, **UNCLIPPED, **LINSPACE}, STEPS),
        ("sample trailing", {**SD1, **X0, **UNCLIPPED, **TRAILING}, STEPS),
        ("zero snr", {**SD1, **ZERO_SNR, **UNCLIPPED, **TRAILING}, FEW),
        ("clipped", {**SD1, "clip_sample_range": 0.7}, [10]),
        ("thresholding", {**SD1, **THRESHOLD}, FEW),
        ("fixed_small_log", {**SD1, **UNCLIPPED, "variance_type": "fixed_small_log"}, [10]),
        ("fixed_large", {**SD1, **UNCLIPPED, "variance_type": "fixed_large"}, FEW),
        ("sigmoid", {**UNCLIPPED, "beta_schedule": "sigmoid"}, [10]),
        ("laplace", {**UNCLIPPED, "beta_schedule": "laplace"}, [10]),
    ],
    "LCMScheduler": [
        ("sd1", {**SD1}, STEPS),
        ("defaults", {}, [4]),
        ("v", {**SD1, **V}, STEPS),
        ("sample", {**SD1, **X0}, FEW),
        ("original steps", {**SD1, "original_inference_steps": 30, "timestep_scaling": 0.01}, [1, 4, 7, 30]),
        ("clipped", {**SD1, "clip_sample": True, "clip_sample_range": 0.7}, [4]),
        ("thresholding", {**SD1, **THRESHOLD}, [4]),
        ("zero snr", {**SD1, **ZERO_SNR}, [4]),
    ],
    "TCDScheduler": [
        ("sd1", {**SD1}, STEPS, {"eta": 0.3}),
        ("defaults", {}, [4], {"eta": 0.3}),
        ("deterministic", {**SD1}, STEPS, {"eta": 0.0}),
        ("stochastic", {**SD1}, STEPS, {"eta": 1.0}),
        ("v", {**SD1, **V}, STEPS, {"eta": 0.3}),
        ("sample", {**SD1, **X0}, FEW, {"eta": 0.3}),
        ("original steps", {**SD1, "original_inference_steps": 30}, [1, 4, 7, 30], {"eta": 0.3}),
        ("zero snr", {**SD1, **ZERO_SNR}, [4], {"eta": 0.3}),
    ],
}

QUANTILES = {
    (0.6, 0.6): [1 - i / 24 for i in range(25)] + [1e-12, 1e-6, 1 - 1e-6],
    (0.5, 2.5): [1e-9, 0.01, 0.3, 0.7, 0.99],
    (30.0, 4.0): [1e-9, 0.01, 0.3, 0.7, 0.99],
    (1.0, 1.0): [0.25, 0.5],
}


def model(sample, timestep):
    """A contraction with a time-dependent drift: errors neither vanish nor explode."""
    return 0.6 * torch.sin(sample) + 0.2 * torch.cos(torch.tensor(float(timestep)) / 150)


def digits(values):
    """Nine digits tell every number of single precision from its neighbours."""
    return [float(f"{value:.9g}") for value in values.flatten().tolist()]


def trajectory(name, fields, steps, arguments):
    made = run(name, fields, steps, arguments)
    if name == "DPMSolverSDEScheduler":
        with rounded_once():
            other = run(name, fields, steps, arguments)
        for key in ("halfway", "final"):
            one, two = (torch.tensor(values[key], dtype=torch.float64) for values in (made, other))
            assert (one - two).norm() <= 1e-6 * one.norm(), (fields, steps, key, one, two)
    return made


def run(name, fields, steps, arguments):
    scheduler = seeded(getattr(diffusers, name).from_config({"_class_name": name, **fields}), SEED)
    scheduler.set_timesteps(steps)
    generator = torch.Generator("cpu").manual_seed(SEED)
    sample = torch.randn(SHAPE, generator=generator) * scheduler.init_noise_sigma
    if "generator" in inspect.signature(scheduler.step).parameters:
        arguments = {**arguments, "generator": generator}
    samples = []
    for timestep in scheduler.timesteps:
        output = model(scheduler.scale_model_input(sample, timestep), timestep)
        sample = scheduler.step(output, timestep, sample, return_dict=False, **arguments)[0]
        samples.append(sample)
    assert torch.isfinite(sample).all(), (name, fields, steps)
    return {
        "steps": steps,
        "timesteps": scheduler.timesteps.tolist(),
        "initNoiseSigma": float(scheduler.init_noise_sigma),
        "halfway": digits(samples[len(samples) // 2]),
        "final": digits(samples[-1]),
    }


def write(file, document, what, *others):
    (FIXTURES / "Schedulers").mkdir(parents=True, exist_ok=True)
    used = ("torch", "diffusers", "numpy", "scipy", *others)
    libraries = {"versions": {library: version(library) for library in used}}
    path = FIXTURES / "Schedulers" / file
    path.write_text(json.dumps({**libraries, **document}) + "\n")
    print(f"Schedulers/{file}: {what}, {path.stat().st_size} bytes")


def main():
    warnings.simplefilter("ignore")
    diffusers.logging.set_verbosity_error()
    for name, cases in CASES.items():
        runs = [
            {
                "name": what,
                "config": {"_class_name": name, **fields},
                "eta": arguments[0]["eta"] if arguments else 0,
                "runs": [trajectory(name, fields, n, arguments[0] if arguments else {}) for n in steps],
            }
            for what, fields, steps, *arguments in cases
        ]
        others = ["torchsde"] if name == "DPMSolverSDEScheduler" else []
        write(f"{name}.json", {"seed": SEED, "shape": SHAPE, "cases": runs}, f"{len(cases)} cases", *others)
    quantiles = [
        {
            "alpha": alpha,
            "beta": beta,
            "probabilities": probabilities,
            "quantiles": [float(scipy.stats.beta.ppf(p, alpha, beta)) for p in probabilities],
        }
        for (alpha, beta), probabilities in QUANTILES.items()
    ]
    write("BetaDistribution.json", {"distributions": quantiles}, f"{len(quantiles)} distributions")


if __name__ == "__main__":
    main()
