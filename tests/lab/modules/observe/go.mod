module kubewright.lab/observe

go 1.26.0
