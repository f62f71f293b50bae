"""Schedulers: timesteps and trajectories of a fixed model through each scheduler of diffusers.

The model is a smooth function of sample and timestep, the same on both sides; the start
is torch's noise. Fixtures: Tests/Fixtures/Schedulers/<class>.json with one entry a case.
"""

import json
import warnings
from importlib.metadata import version

import diffusers
import torch

from fixture_io import FIXTURES

SD1 = {
    "beta_start": 0.00085,
    "beta_end": 0.012,
    "beta_schedule": "scaled_linear",
    "num_train_timesteps": 1000,
    "steps_offset": 1,
}
SHAPE = (1, 4, 3, 5)
SEED = 7

STEPS = [1, 2, 5, 20, 50]
V = {"prediction_type": "v_prediction"}
ZERO_SNR = {**V, "rescale_betas_zero_snr": True}

# class name: [(what, fields, step counts)]
CASES = {
    "DDIMScheduler": [
        ("sd1", {**SD1, "clip_sample": False, "set_alpha_to_one": False}, STEPS),
        ("defaults", {}, STEPS),
        ("v", {**SD1, **V, "clip_sample": False, "set_alpha_to_one": False}, STEPS),
        ("sample", {**SD1, "prediction_type": "sample", "clip_sample": False}, [20]),
        ("clipped", {**SD1, "clip_sample": True, "clip_sample_range": 0.7}, [20]),
        ("trailing zero snr", {**SD1, **ZERO_SNR, "timestep_spacing": "trailing", "clip_sample": False}, STEPS),
        ("linspace", {**SD1, "timestep_spacing": "linspace", "clip_sample": False}, STEPS),
        ("cosine", {**SD1, **V, "beta_schedule": "squaredcos_cap_v2", "clip_sample": False}, [5, 20]),
        ("trained betas", {"trained_betas": [0.001 + 0.0002 * i for i in range(100)], "num_train_timesteps": 100,
                           "clip_sample": False}, [7]),
        ("trailing uneven", {**SD1, "timestep_spacing": "trailing", "clip_sample": False}, [3, 7, 30]),
    ],
    "PNDMScheduler": [
        ("sd1", {**SD1, "skip_prk_steps": True, "set_alpha_to_one": False}, STEPS + [3, 4]),
        ("v", {**SD1, **V, "skip_prk_steps": True, "set_alpha_to_one": True}, STEPS),
        ("runge-kutta", {**SD1}, [4, 5, 20, 50]),
        ("runge-kutta v", {**SD1, **V}, [20]),
        ("trailing", {**SD1, "skip_prk_steps": True, "timestep_spacing": "trailing"}, [2, 7, 20]),
        ("linspace", {**SD1, "skip_prk_steps": True, "timestep_spacing": "linspace"}, [2, 7, 20]),
        ("linear betas", {"skip_prk_steps": True}, [20]),
    ],
    "EulerDiscreteScheduler": [
        ("sd1", {**SD1}, STEPS),
        ("leading", {**SD1, "timestep_spacing": "leading"}, STEPS),
        ("v", {**SD1, **V, "timestep_spacing": "leading"}, STEPS),
        ("sample", {**SD1, "prediction_type": "sample"}, [20]),
        # Starts at sigma = 4096: over fewer steps the reference's own rounding exceeds the tolerance.
        ("trailing zero snr", {**SD1, **ZERO_SNR, "timestep_spacing": "trailing"}, [20, 50]),
        ("karras", {**SD1, "use_karras_sigmas": True}, STEPS),
        ("karras range", {**SD1, "use_karras_sigmas": True, "sigma_min": 0.05, "sigma_max": 12.0}, [20]),
        ("exponential", {**SD1, "use_exponential_sigmas": True}, [5, 20]),
        ("final sigma_min", {**SD1, "final_sigmas_type": "sigma_min"}, [20]),
    ],
    "EulerAncestralDiscreteScheduler": [
        ("sd1", {**SD1}, STEPS),
        ("leading v", {**SD1, **V, "timestep_spacing": "leading"}, STEPS),
        ("trailing zero snr", {**SD1, **ZERO_SNR, "timestep_spacing": "trailing"}, [5, 20]),
    ],
    "DPMSolverMultistepScheduler": [
        ("sd1", {**SD1}, STEPS),
        ("karras", {**SD1, "use_karras_sigmas": True}, STEPS),
        ("leading", {**SD1, "timestep_spacing": "leading"}, STEPS),
        ("trailing", {**SD1, "timestep_spacing": "trailing"}, STEPS),
        ("v", {**SD1, **V}, STEPS),
        ("sample", {**SD1, "prediction_type": "sample"}, [20]),
        ("karras v", {**SD1, **V, "use_karras_sigmas": True}, [20]),
        ("zero snr", {**SD1, **ZERO_SNR, "timestep_spacing": "trailing"}, [5, 20]),
        ("order 1", {**SD1, "solver_order": 1}, [5, 20]),
        ("order 3", {**SD1, "solver_order": 3}, STEPS),
        ("order 3 final sigma_min", {**SD1, "solver_order": 3, "final_sigmas_type": "sigma_min"}, [5, 20]),
        ("heun", {**SD1, "solver_type": "heun"}, [5, 20]),
        ("not lower order final", {**SD1, "lower_order_final": False, "final_sigmas_type": "sigma_min"}, [5]),
        ("euler at final", {**SD1, "euler_at_final": True, "final_sigmas_type": "sigma_min"}, [20]),
        ("noise", {**SD1, "algorithm_type": "dpmsolver", "final_sigmas_type": "sigma_min"}, [5, 20]),
        ("noise heun v", {**SD1, **V, "algorithm_type": "dpmsolver", "final_sigmas_type": "sigma_min",
                          "solver_type": "heun"}, [20]),
        ("noise order 3", {**SD1, "algorithm_type": "dpmsolver", "final_sigmas_type": "sigma_min",
                           "solver_order": 3}, [20]),
        ("sde", {**SD1, "algorithm_type": "sde-dpmsolver++"}, [5, 20]),
        ("sde heun", {**SD1, "algorithm_type": "sde-dpmsolver++", "solver_type": "heun"}, [20]),
        ("sde noise", {**SD1, "algorithm_type": "sde-dpmsolver", "final_sigmas_type": "sigma_min"}, [20]),
        ("sde noise heun", {**SD1, "algorithm_type": "sde-dpmsolver", "final_sigmas_type": "sigma_min",
                            "solver_type": "heun"}, [20]),
        ("lu", {**SD1, "use_lu_lambdas": True}, [20]),
        ("exponential", {**SD1, "use_exponential_sigmas": True}, [20]),
        ("cosine clipped", {"beta_schedule": "squaredcos_cap_v2", "lambda_min_clipped": -5.1}, [5, 20]),
        ("foreign names", {**SD1, "algorithm_type": "deis", "solver_type": "bh2",
                           "final_sigmas_type": "sigma_min"}, [5]),
    ],
}


def model(sample, timestep):
    """A contraction with a time-dependent drift: errors neither vanish nor explode."""
    return 0.6 * torch.sin(sample) + 0.2 * torch.cos(torch.tensor(float(timestep)) / 150)


def trajectory(name, fields, steps):
    scheduler = getattr(diffusers, name).from_config({"_class_name": name, **fields})
    scheduler.set_timesteps(steps)
    generator = torch.Generator("cpu").manual_seed(SEED)
    sample = torch.randn(SHAPE, generator=generator) * scheduler.init_noise_sigma
    stochastic = name.startswith("EulerAncestral") or fields.get("algorithm_type", "").startswith("sde")
    samples = []
    for timestep in scheduler.timesteps:
        output = model(scheduler.scale_model_input(sample, timestep), timestep)
        extra = {"generator": generator} if stochastic else {}
        sample = scheduler.step(output, timestep, sample, return_dict=False, **extra)[0]
        samples.append(sample)
    return {
        "steps": steps,
        "timesteps": scheduler.timesteps.tolist(),
        "initNoiseSigma": float(scheduler.init_noise_sigma),
        "halfway": samples[len(samples) // 2].flatten().tolist(),
        "final": samples[-1].flatten().tolist(),
    }


def main():
    warnings.simplefilter("ignore")
    diffusers.logging.set_verbosity_error()
    folder = FIXTURES / "Schedulers"
    folder.mkdir(parents=True, exist_ok=True)
    for name, cases in CASES.items():
        document = {
            "versions": {library: version(library) for library in ("torch", "diffusers", "numpy")},
            "seed": SEED,
            "shape": SHAPE,
            "cases": [
                {
                    "name": what,
                    "config": {"_class_name": name, **fields},
                    "runs": [trajectory(name, fields, n) for n in steps],
                }
                for what, fields, steps in cases
            ],
        }
        file = folder / f"{name}.json"
        file.write_text(json.dumps(document) + "\n")
        print(f"Schedulers/{name}: {len(cases)} cases, {file.stat().st_size} bytes")


if __name__ == "__main__":
    main()
