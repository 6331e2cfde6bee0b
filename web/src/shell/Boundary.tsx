/** A fault of one page leaves the rest of the console standing. */
import { Component, type ReactNode } from "react";
import { asProblem } from "../api/client";
import { Diagnostic } from "../ui/Diagnostic";
import styles from "./Shell.module.css";
import { isUnloaded, Unloaded } from "./Unloaded";

interface BoundaryProps {
  /** Another place begins anew. */
  place?: string;
  children: ReactNode;
}

export class Boundary extends Component<BoundaryProps, { fault: unknown; place?: string }> {
  override state: { fault: unknown; place?: string } = { fault: undefined };

  static getDerivedStateFromError(fault: unknown): { fault: unknown } {
    return { fault };
  }

  static getDerivedStateFromProps(props: BoundaryProps, state: { fault: unknown; place?: string }) {
    return props.place === state.place ? null : { fault: undefined, place: props.place };
  }

  override render(): ReactNode {
    if (this.state.fault === undefined) return this.props.children;
    if (isUnloaded(this.state.fault)) return <Unloaded />;
    return (
      <div className={styles.fault}>
        <Diagnostic problem={asProblem(this.state.fault)} onRetry={() => this.setState({ fault: undefined })} />
      </div>
    );
  }
}
