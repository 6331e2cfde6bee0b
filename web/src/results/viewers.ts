/** The viewers there are. */
import { lazy } from "react";
import { registerViewer } from "./viewer";

registerViewer({
  kind: "binary_evaluation",
  title: "kind.binary_evaluation",
  operators: ["evaluation.binary"],
  order: 10,
  component: lazy(() => import("./evaluation/Evaluation")),
});
registerViewer({
  kind: "training",
  title: "kind.training",
  operators: ["logistic_regression.train"],
  order: 20,
  component: lazy(() => import("./training/Training")),
});
registerViewer({
  kind: "joint_statistics",
  title: "kind.joint_statistics",
  operators: ["stats.joint"],
  order: 30,
  component: lazy(() => import("./statistics/Statistics")),
});
registerViewer({
  kind: "psi",
  title: "kind.psi",
  operators: ["psi", "psi.many"],
  order: 40,
  component: lazy(() => import("./psi/Psi")),
});
registerViewer({
  kind: "profile",
  title: "kind.profile",
  operators: ["table.profile"],
  order: 50,
  component: lazy(() => import("./profile/Profile")),
});
registerViewer({
  kind: "model_saved",
  title: "kind.model_saved",
  operators: ["model.save"],
  order: 60,
  component: lazy(() => import("./model/ModelSaved")),
});
registerViewer({
  kind: "transform",
  title: "kind.transform",
  operators: ["preprocess.fit"],
  order: 70,
  component: lazy(() => import("./transform/Transform")),
});
