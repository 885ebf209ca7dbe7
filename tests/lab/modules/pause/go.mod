module kubewright.lab/pause

go 1.19
